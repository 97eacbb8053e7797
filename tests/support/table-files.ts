/** Importing into a database of a test's own, in Node. */
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import type { ImportRequest } from '../../src/rpc/contracts.ts';
import { openStudioDb } from '../../src/storage/db.ts';
import { columnSource } from '../../workers/column-source.ts';
import { importFiles } from '../../workers/data/import.ts';

let databases = 0;

export function testDb() {
  return openStudioDb(`test ${databases++}`);
}

export async function importText(
  content: string | Uint8Array<ArrayBuffer>,
  name = 'table.csv',
  options: Partial<ImportRequest> = {},
) {
  const db = await testDb();
  const dataSet = await importFiles(
    db,
    { projectId: 'p', name, files: [{ name, blob: new Blob([content]) }], ...options },
    () => undefined,
  );
  return { db, dataSet, source: columnSource(db, dataSet) };
}

export async function importSample(file: string, options: Partial<ImportRequest> = {}) {
  return importText(new Uint8Array(await readFile(`public/samples/${file}`)), file, options);
}
