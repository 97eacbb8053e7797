/** What workers/text.worker.ts serves: texts as numbers that tell what they mean. */
export interface TextApi {
  /**
   * Rows of length 1, or of zeros for a text without a word: [texts, embeddingWidth] (text/pretrained.ts).
   * @param call by which `stop` names it
   * @param onProgress hears the share that is done, 0 to 1
   * @throws StudioError `cancelled` after `stop`
   */
  embed(
    call: number,
    texts: readonly string[],
    onProgress?: (done: number) => void,
  ): Promise<Float32Array<ArrayBuffer>>;
  /** Ends that call alone. */
  stop(call: number): void;
}
