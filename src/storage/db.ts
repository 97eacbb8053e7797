/**
 * The one database: bytes by their digest, records by kind and id, and nothing about what they mean.
 * Owners of records pass a codec (records.ts); bytes are written before the record that names them.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { reviveError, StudioError } from '../lib/errors.ts';

export interface StoredRecord {
  kind: string;
  id: string;
  /** Of the owner's format, for its own migrations. */
  version: number;
  /** '' for what belongs to the workspace. */
  projectId: string;
  createdAt: number;
  /** Digests of the chunks that this record keeps alive. */
  chunks: string[];
  body: unknown;
}

interface StudioSchema extends DBSchema {
  chunks: { key: string; value: { digest: string; bytes: ArrayBuffer } };
  records: {
    key: [kind: string, id: string];
    value: StoredRecord;
    indexes: { 'by-project': [projectId: string, kind: string]; 'by-chunk': string };
  };
}

export type StudioDb = IDBPDatabase<StudioSchema>;

export const databaseVersion = 1;

export interface OpenOptions {
  /** The connection is gone: a newer studio in another tab needs the database, or the browser took it away. */
  onClosed?: (reason: 'newer-version' | 'taken-away') => void;
}

/**
 * Opens (and upgrades) the database. Where the browser refuses one there is nothing in its place: workers
 * share data through it, and memory of one worker is not seen by the next.
 * @throws StudioError `newer-version` where a later studio wrote it, `busy` where another tab holds an older
 * version open, `storage-blocked` where the browser refuses.
 */
export async function openStudioDb(
  name = 'glasshouse',
  { onClosed }: OpenOptions = {},
): Promise<StudioDb> {
  if (!('indexedDB' in globalThis)) throw blocked('it has no IndexedDB');
  let refuse: (error: StudioError) => void = () => undefined;
  const held = new Promise<never>((_, reject) => (refuse = reject));
  const opening = (async () =>
    openDB<StudioSchema>(name, databaseVersion, {
      upgrade,
      blocked: () =>
        refuse(
          new StudioError(
            'busy',
            'Another tab holds an older Glasshouse open: close it, then reload',
          ),
        ),
      // Another tab wants to upgrade or delete: let go, so that it isn't blocked by us.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close(); // a versionchange event's target is the connection
        onClosed?.('newer-version');
      },
      terminated: () => onClosed?.('taken-away'),
    }))();
  try {
    return await Promise.race([opening, held]);
  } catch (error) {
    void opening.then(
      (db) => db.close(),
      () => undefined, // the same error, told below
    );
    throw openingError(error);
  }
}

/** Each step goes from one version to the next and is never changed again; tests/fixtures/db has a database of each. */
function upgrade(db: StudioDb, oldVersion: number): void {
  if (oldVersion < 1) {
    db.createObjectStore('chunks', { keyPath: 'digest' });
    const records = db.createObjectStore('records', { keyPath: ['kind', 'id'] });
    records.createIndex('by-project', ['projectId', 'kind']);
    records.createIndex('by-chunk', 'chunks', { multiEntry: true });
  }
}

function openingError(error: unknown): StudioError {
  if (error instanceof DOMException && error.name === 'VersionError')
    return new StudioError(
      'newer-version',
      'The data on this device was written by a newer version of Glasshouse',
      { cause: error },
    );
  const revived = reviveError(error);
  return revived.code === 'internal' ? blocked(revived.message, error) : revived;
}

function blocked(why: string, cause?: unknown): StudioError {
  return new StudioError(
    'storage-blocked',
    `This browser gives the page no storage (${why}). Nothing can be imported, trained or saved until site data is allowed for this page, or it is opened in another browser`,
    { cause },
  );
}
