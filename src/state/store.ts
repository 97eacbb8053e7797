/** The studio's records, each kind through its codec. One of these a page. */
import { dataSetCodec } from '../data/data-set-codec.ts';
import { modelVersionCodec } from '../registry/model-version-codec.ts';
import { projectCodec } from '../registry/project-codec.ts';
import { openStudioDb, type StudioDb } from '../storage/db.ts';
import { repository } from '../storage/records.ts';
import { runCodec } from '../training/run-codec.ts';

export type Store = Awaited<ReturnType<typeof openStore>>;

/** @throws StudioError `storage-blocked`, `newer-version` */
export async function openStore(name?: string) {
  const db: StudioDb = await openStudioDb(name);
  return {
    db,
    projects: repository(db, projectCodec),
    dataSets: repository(db, dataSetCodec),
    runs: repository(db, runCodec),
    versions: repository(db, modelVersionCodec),
  };
}
