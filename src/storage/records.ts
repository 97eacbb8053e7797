/** Small records of any kind, checked on the way out. What they mean is their owner's business. */
import { reviveError, StudioError } from '../lib/errors.ts';
import type { StoredRecord, StudioDb } from './db.ts';

/** Written beside the type that it carries; storage knows no kind by name. */
export interface Codec<T> {
  kind: string;
  /** Raised when the format changes; `decode` still reads every older one. */
  version: number;
  id(value: T): string;
  projectId(value: T): string;
  createdAt(value: T): number;
  chunks(value: T): string[];
  /** Checks and, for an older version, migrates. Throws with a message that names the field. */
  decode(body: unknown, version: number): T;
}

export interface Repository<T> {
  /** @throws StudioError `not-found`, `corrupt`, `newer-version` */
  get(id: string): Promise<T>;
  find(id: string): Promise<T | undefined>;
  /** By creation; unreadable records are left out and reported by `broken`. */
  list(projectId?: string): Promise<T[]>;
  put(value: T): Promise<void>;
  delete(id: string): Promise<void>;
}

export function repository<T>(db: StudioDb, codec: Codec<T>): Repository<T> {
  const find = async (id: string) => {
    const record = await db.get('records', [codec.kind, id]);
    return record && decodeRecord(codec, record);
  };
  return {
    find,
    async get(id) {
      const value = await find(id);
      if (value === undefined) throw new StudioError('not-found', `No ${codec.kind} ${id}`);
      return value;
    },
    async list(projectId) {
      const records =
        projectId === undefined
          ? await db.getAll('records', IDBKeyRange.bound([codec.kind], [codec.kind, []]))
          : await db.getAllFromIndex('records', 'by-project', [codec.kind, projectId]);
      return records
        .sort((a, b) => a.createdAt - b.createdAt)
        .map((record) => decodeRecord(codec, record));
    },
    put: (value) => putRecords(db, [encodeRecord(codec, value)]),
    async delete(id) {
      await db.delete('records', [codec.kind, id]);
    },
  };
}

export function encodeRecord<T>(codec: Codec<T>, value: T): StoredRecord {
  return {
    kind: codec.kind,
    id: codec.id(value),
    version: codec.version,
    projectId: codec.projectId(value),
    createdAt: codec.createdAt(value),
    chunks: [...new Set(codec.chunks(value))],
    body: value,
  };
}

/** Writes all of them or none. */
export async function putRecords(db: StudioDb, records: readonly StoredRecord[]): Promise<void> {
  try {
    const transaction = db.transaction('records', 'readwrite');
    await Promise.all([
      ...records.map((record) => transaction.store.put(record)),
      transaction.done,
    ]);
  } catch (error) {
    throw reviveError(error);
  }
}

export function decodeRecord<T>(codec: Codec<T>, record: StoredRecord): T {
  if (record.version > codec.version)
    throw new StudioError(
      'newer-version',
      `${codec.kind} ${record.id} was written by a newer version of Glasshouse`,
    );
  try {
    return codec.decode(record.body, record.version);
  } catch (error) {
    throw new StudioError(
      'corrupt',
      `Stored ${codec.kind} ${record.id} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
