/** Serves data: brings files in. */
import { expose } from 'comlink';
import type { DataApi } from '../src/rpc/contracts.ts';
import { openStudioDb } from '../src/storage/db.ts';
import { importFiles } from './data/import.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

const api = {
  importFiles: async (request, onProgress) => importFiles(await db, request, onProgress),
} satisfies Partial<DataApi>;

expose(api);
