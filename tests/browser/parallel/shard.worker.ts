/** As workers/shard.worker.ts, and holds a lock while it lives: the browser lets go of it when the worker has ended. */
import type { ToShard } from '../../../src/training/engine/parallel/protocol.ts';
import { serveShard } from '../../../src/training/engine/parallel/shard.ts';

const scope: Parameters<typeof serveShard>[0] = {
  postMessage: (message, transfer) => self.postMessage(message, { transfer: transfer ?? [] }),
  onmessage: null,
};
const held = new Promise<void>((resolve) => {
  void navigator.locks.request('shard', { mode: 'shared' }, () => {
    resolve();
    return new Promise(() => undefined);
  });
});
// Not before: over shared memory nothing else is done from then on.
self.onmessage = (event: MessageEvent<ToShard>) => void held.then(() => scope.onmessage?.(event));
serveShard(scope);
