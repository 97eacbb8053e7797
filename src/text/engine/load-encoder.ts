/** Brings in the sentence encoder where it is to be used: its files, and a backend that it computes on. */
import { startBackend } from '../../training/engine/backend.ts';
import { loadEncoderParts } from './encoder-files.ts';
import { SentenceEncoder } from './sentence-encoder.ts';

/**
 * On WebAssembly, else in JavaScript.
 * @param onProgress hears the share of the files that is there; what it throws ends it, as the signal does
 * @throws StudioError `not-found` where there is no network and it was never used, `corrupt`, `no-backend`
 */
export async function loadSentenceEncoder(
  onProgress?: (done: number) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<SentenceEncoder> {
  const parts = await loadEncoderParts(onProgress, signal);
  await startBackend('wasm').catch(() => startBackend('cpu'));
  return SentenceEncoder.open(parts);
}
