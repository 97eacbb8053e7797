/** Serves data: brings files in, shows, profiles and changes them, and moves whole projects as files. */
import { expose } from 'comlink';
import { assertShares, changeDataSet } from '../src/data/change-data-set.ts';
import { dataSetCodec, dataSetKey } from '../src/data/data-set-codec.ts';
import { profileCodec } from '../src/data/profile-codec.ts';
import { profileTable } from '../src/data/profile-table.ts';
import {
  columnInRole,
  type ColumnSource,
  type DataSet,
  type DataSetRef,
} from '../src/data/schema.ts';
import { countSplit } from '../src/data/split-counts.ts';
import { splitColumns, splitRows } from '../src/data/split.ts';
import type { DataApi, DataSetChange } from '../src/rpc/contracts.ts';
import { openStudioDb } from '../src/storage/db.ts';
import { whileInUse } from '../src/storage/locks.ts';
import { exportProject, importProject } from '../src/storage/project-file.ts';
import { repository } from '../src/storage/records.ts';
import { projectCodecs } from './codecs.ts';
import { columnSource } from './column-source.ts';
import { workerByteStore } from './data/byte-store.ts';
import { changeType, previewType } from './data/change-type.ts';
import { exportCsv } from './data/export-csv.ts';
import { importFiles } from './data/import.ts';
import { preview } from './data/preview.ts';
import { putDataSet } from './data/put-data-set.ts';
import { removeDuplicates } from './data/remove-duplicates.ts';
import { queryRows } from './data/rows.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

/** Of the data set asked for last, so that its columns stay decoded. */
let opened: { key: string; source: Promise<ColumnSource> } | null = null;

function sourceOf(ref: DataSetRef): Promise<ColumnSource> {
  const key = dataSetKey(ref);
  if (opened?.key === key) return opened.source;
  const source = db.then(async (open) =>
    columnSource(open, await repository(open, dataSetCodec).get(key)),
  );
  opened = { key, source };
  source.catch(() => (opened = null));
  return source;
}

/** Loaded when it is asked for: few projects have events. */
const events = () => import('./data/events.ts');

const api = {
  preview,
  importFiles: async (request, onProgress) => {
    const open = await db;
    return whileInUse(() => importFiles(open, request, onProgress, workerByteStore()));
  },
  async profile(ref, onProgress) {
    const profiles = repository(await db, profileCodec);
    const stored = await profiles.find(dataSetKey(ref)).catch(() => undefined); // made again
    if (stored) return stored.profile;
    const profile = await profileTable(await sourceOf(ref), onProgress);
    // Without room to keep it, it is made again the next time.
    await profiles.put({ ...ref, createdAt: Date.now(), profile }).catch(() => undefined);
    return profile;
  },
  eventProfile: async (ref, onProgress) =>
    (await events()).profileEvents(await sourceOf(ref), onProgress),
  rows: async (ref, query) => queryRows(await sourceOf(ref), query),
  previewType: async (ref, column, type) => previewType(await db, ref, column, type),
  async splitCounts(ref, split) {
    assertShares(split);
    const source = await sourceOf(ref);
    if (columnInRole(source.dataSet, 'user'))
      return (await events()).countEventSplit(source, split);
    const columns = await splitColumns(source, split);
    const { rows } = source.dataSet;
    return countSplit(splitRows(split, rows, columns), rows, columns.target ?? null);
  },
  async change(ref, change) {
    const open = await db;
    return whileInUse(async () => putDataSet(open, await changed(ref, change)));
  },
  exportCsv: async (ref) => exportCsv(await sourceOf(ref)),
  exportProject: async (projectId, onProgress) =>
    exportProject(await db, projectId, { createdAt: Date.now(), onProgress }),
  importProject: async (file, onProgress) =>
    importProject(await db, file, { codecs: projectCodecs, onProgress }),
} satisfies DataApi;

expose(api);

async function changed(ref: DataSetRef, change: DataSetChange): Promise<DataSet> {
  const open = await db;
  switch (change.type) {
    case 'type':
      return changeType(open, ref, change.column, change.to);
    case 'remove-duplicates':
      return removeDuplicates(open, await sourceOf(ref));
    case 'keep-core':
      return (await events()).keepCore(open, await sourceOf(ref), change.least);
    default:
      return changeDataSet((await sourceOf(ref)).dataSet, change);
  }
}
