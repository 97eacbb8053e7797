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
    indexes: { 'by-project': [kind: string, projectId: string]; 'by-chunk': string };
  };
}

export type StudioDb = IDBPDatabase<StudioSchema>;

export const databaseVersion = 1;

/**
 * Opens (and upgrades) the database.
 * @throws StudioError `newer-version` where a later studio wrote it, `storage-blocked` where the browser refuses.
 */
export async function openStudioDb(name = 'glasshouse'): Promise<StudioDb> {
  if (!('indexedDB' in globalThis))
    throw new StudioError('storage-blocked', 'This browser gives the page no IndexedDB');
  try {
    return await openDB<StudioSchema>(name, databaseVersion, {
      upgrade(db, oldVersion) {
        if (oldVersion < 1) {
          db.createObjectStore('chunks', { keyPath: 'digest' });
          const records = db.createObjectStore('records', { keyPath: ['kind', 'id'] });
          records.createIndex('by-project', ['kind', 'projectId']);
          records.createIndex('by-chunk', 'chunks', { multiEntry: true });
        }
      },
      // Another tab wants to upgrade or delete: let go, so that it isn't blocked by us.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'VersionError')
      throw new StudioError(
        'newer-version',
        'The data on this device was written by a newer version of Glasshouse',
        { cause: error },
      );
    const revived = reviveError(error);
    throw revived.code === 'internal'
      ? new StudioError('storage-blocked', `IndexedDB can't be opened: ${revived.message}`, {
          cause: error,
        })
      : revived;
  }
}
