/** Serves data: brings files in, shows them before that, and gives columns another type. */
import { expose } from 'comlink';
import type { DataApi } from '../src/rpc/contracts.ts';
import { openStudioDb } from '../src/storage/db.ts';
import { previewType } from './data/change-type.ts';
import { importFiles } from './data/import.ts';
import { preview } from './data/preview.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

const api = {
  preview,
  importFiles: async (request, onProgress) => importFiles(await db, request, onProgress),
  previewType: async (dataSet, column, type) => previewType(await db, dataSet, column, type),
} satisfies Partial<DataApi>;

expose(api);
