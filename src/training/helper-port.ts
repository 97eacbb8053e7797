/** A worker that helps with a run, as much of it as is used. Who it is and where its script lies, workers/ knows. */
export interface HelperPort {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  /** What arrived can't be read. */
  onmessageerror: ((event: MessageEvent) => void) | null;
  terminate(): void;
}

export type StartHelper = () => HelperPort;
