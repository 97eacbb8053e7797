/** Digests and stores bytes, so that the data worker can go on reading. Started by it for each import. */
import { expose } from 'comlink';
import { openStudioDb } from '../src/storage/db.ts';
import { localByteStore, type ByteStoreApi } from './data/byte-store.ts';

const store = openStudioDb().then(localByteStore);
store.catch(() => undefined); // thrown where it is awaited

expose({
  put: async (all) => (await store).put(all),
  keep: async (blob) => (await store).keep(blob),
} satisfies ByteStoreApi);
