/** Small records of any kind, checked on the way out. What they mean is their owner's business. */
import { reviveError, StudioError } from '../lib/errors.ts';
import type { StoredRecord, StudioDb } from './db.ts';
import { announce } from './tabs.ts';

/** Written beside the type that it carries; storage knows no kind by name. */
export interface Codec<T> {
  kind: string;
  /** Raised when the format changes; `decode` still reads every older one. */
  version: number;
  /** Unique among the records of its kind, over all projects. */
  id(value: T): string;
  projectId(value: T): string;
  createdAt(value: T): number;
  chunks(value: T): string[];
  /** What is stored, where that is not the value itself. */
  encode?(value: T): unknown;
  /** Checks and, for an older version, migrates. Throws with a message that names the field. */
  decode(body: unknown, version: number): T;
}

/** A codec of what travels in project files. */
export interface PortableCodec<T> extends Codec<T> {
  /**
   * The same in another project: with a new id where the id isn't of project and content, and what it
   * names of such ids follows (see lib/rebased-id.ts).
   */
  withProject(value: T, projectId: string): T;
}

export interface Repository<T> {
  /** @throws StudioError `not-found`, `corrupt`, `newer-version` */
  get(id: string): Promise<T>;
  find(id: string): Promise<T | undefined>;
  /** By creation. An unreadable record throws, or is told to `onUnreadable` and left out. */
  list(projectId?: string, onUnreadable?: (error: StudioError) => void): Promise<T[]>;
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
    async list(projectId, onUnreadable) {
      const records =
        projectId === undefined
          ? await db.getAll('records', IDBKeyRange.bound([codec.kind], [codec.kind, []]))
          : await db.getAllFromIndex('records', 'by-project', [projectId, codec.kind]);
      const values: T[] = [];
      for (const record of records.sort((a, b) => a.createdAt - b.createdAt))
        try {
          values.push(decodeRecord(codec, record));
        } catch (error) {
          if (!onUnreadable) throw error;
          onUnreadable(reviveError(error));
        }
      return values;
    },
    put: (value) => putRecords(db, [encodeRecord(codec, value)]),
    async delete(id) {
      const record = await db.get('records', [codec.kind, id]);
      if (!record) return;
      await db.delete('records', [codec.kind, id]);
      announceChanged([record]);
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
    body: codec.encode ? codec.encode(value) : value,
  };
}

/**
 * Writes all of them or none, and tells the other tabs and workers.
 * @throws StudioError `storage-full`
 */
export async function putRecords(db: StudioDb, records: readonly StoredRecord[]): Promise<void> {
  const transaction = db.transaction('records', 'readwrite');
  const writes: Promise<unknown>[] = [transaction.done];
  try {
    for (const record of records) writes.push(transaction.store.put(record));
    await Promise.all(writes);
  } catch (error) {
    abort(transaction); // a put that throws at once (a body that can't be cloned) leaves the others to commit
    await Promise.allSettled(writes);
    throw reviveError(error);
  }
  announceChanged(records);
}

/** All records of a project, whatever their kind, in the order of kind and id. */
export async function projectRecords(db: StudioDb, projectId: string): Promise<StoredRecord[]> {
  return db.getAllFromIndex('records', 'by-project', wholeProject(projectId));
}

/** Deletes everything that a project has; its bytes go with the next `collectGarbage`. */
export async function deleteProjectRecords(db: StudioDb, projectId: string): Promise<void> {
  const transaction = db.transaction('records', 'readwrite');
  const records: StoredRecord[] = [];
  const index = transaction.store.index('by-project');
  for await (const cursor of index.iterate(wholeProject(projectId))) {
    records.push(cursor.value);
    await cursor.delete();
  }
  await transaction.done;
  announceChanged(records);
}

/** @throws StudioError `newer-version`, `corrupt` */
export function decodeRecord<T>(
  codec: Codec<T>,
  { id, version, body }: Pick<StoredRecord, 'id' | 'version' | 'body'>,
): T {
  if (version > codec.version)
    throw new StudioError(
      'newer-version',
      `${codec.kind} ${id} was written by a newer version of Glasshouse`,
    );
  try {
    return codec.decode(body, version);
  } catch (error) {
    throw new StudioError(
      'corrupt',
      `Stored ${codec.kind} ${id} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function wholeProject(projectId: string): IDBKeyRange {
  return IDBKeyRange.bound([projectId], [projectId, []]);
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

function announceChanged(records: readonly StoredRecord[]): void {
  for (const { kind, id, projectId } of records) announce({ type: 'changed', kind, id, projectId });
}
