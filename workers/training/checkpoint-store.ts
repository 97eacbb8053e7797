/** Where a run's checkpoints are stored: by a worker of their own, for digesting and writing takes long. */
import { transfer } from 'comlink';
import { WorkerClient } from '../../src/rpc/worker-client.ts';

/** What workers/checkpoint.worker.ts serves. */
export interface CheckpointStoreApi {
  /** @returns the bytes too, for the next checkpoint. @throws StudioError `storage-full` */
  put(bytes: ArrayBuffer): Promise<{ digest: string; bytes: ArrayBuffer }>;
}

export class CheckpointStore {
  readonly #client = new WorkerClient<CheckpointStoreApi>(
    () =>
      new Worker(new URL('../checkpoint.worker.ts', import.meta.url), {
        type: 'module',
        name: 'checkpoints',
      }),
  );

  /** Takes the bytes over. */
  put(bytes: ArrayBuffer): Promise<{ digest: string; bytes: ArrayBuffer }> {
    return this.#client.call((api) => api.put(transfer(bytes, [bytes])));
  }

  close() {
    this.#client.close();
  }
}
