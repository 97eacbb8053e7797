/** Where a run's checkpoints are stored: by a worker of their own, for digesting and writing takes long. */
import { transfer } from 'comlink';
import { StudioError, type ErrorCode } from '../../src/lib/errors.ts';
import { WorkerClient } from '../../src/rpc/worker-client.ts';
import { CheckpointNotStored } from '../../src/training/checkpoint-not-stored.ts';

/** What workers/checkpoint.worker.ts serves. */
export interface CheckpointStoreApi {
  /** Never rejects for want of room: an error would leave the bytes behind, which may be all that is left of a run. */
  put(bytes: ArrayBuffer): Promise<{
    stored: { digest: string } | { code: ErrorCode; message: string };
    /** For the next checkpoint. */
    bytes: ArrayBuffer;
  }>;
}

export class CheckpointStore {
  readonly #client = new WorkerClient<CheckpointStoreApi>(
    () =>
      new Worker(new URL('../checkpoint.worker.ts', import.meta.url), {
        type: 'module',
        name: 'checkpoints',
      }),
  );

  /** Takes the bytes over. @throws CheckpointNotStored, which gives them back */
  async put(given: ArrayBuffer): Promise<{ digest: string; bytes: ArrayBuffer }> {
    const put = this.#client.call((api) => api.put(transfer(given, [given])));
    const { stored, bytes } = await put;
    if ('digest' in stored) return { digest: stored.digest, bytes };
    throw new CheckpointNotStored(new StudioError(stored.code, stored.message), bytes);
  }

  close() {
    this.#client.close();
  }
}
