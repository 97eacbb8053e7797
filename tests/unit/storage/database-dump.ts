/** A database, stores and all, as JSON and back: how fixtures of older versions are kept. */
import { openDB } from 'idb';

interface StoreDump {
  keyPath: string | string[] | null;
  indexes: { name: string; keyPath: string | string[]; multiEntry: boolean; unique: boolean }[];
  values: unknown[];
}

export interface DatabaseDump {
  version: number;
  stores: Record<string, StoreDump>;
}

export async function dumpDatabase(name: string): Promise<DatabaseDump> {
  const db = await openDB(name);
  const stores: Record<string, StoreDump> = {};
  for (const storeName of Array.from(db.objectStoreNames)) {
    const { store } = db.transaction(storeName);
    stores[storeName] = {
      keyPath: store.keyPath,
      indexes: Array.from(store.indexNames, (index) => {
        const { keyPath, multiEntry, unique } = store.index(index);
        return { name: index, keyPath, multiEntry, unique };
      }),
      values: (await store.getAll()).map(bytesAsText),
    };
  }
  db.close();
  return { version: db.version, stores };
}

export async function loadDatabase(name: string, { version, stores }: DatabaseDump): Promise<void> {
  const db = await openDB(name, version, {
    upgrade(opened) {
      for (const [storeName, { keyPath, indexes }] of Object.entries(stores)) {
        const store = opened.createObjectStore(storeName, { keyPath });
        for (const { name: index, keyPath: path, multiEntry, unique } of indexes)
          store.createIndex(index, path, { multiEntry, unique });
      }
    },
  });
  for (const [storeName, { values }] of Object.entries(stores))
    for (const value of values) await db.put(storeName, textAsBytes(value));
  db.close();
}

function bytesAsText(value: unknown): unknown {
  return mapMembers(value, (member) =>
    member instanceof ArrayBuffer ? { base64: Buffer.from(member).toString('base64') } : member,
  );
}

function textAsBytes(value: unknown): unknown {
  return mapMembers(value, (member) => {
    const base64 = isObject(member) ? member['base64'] : undefined;
    return typeof base64 === 'string'
      ? Uint8Array.from(Buffer.from(base64, 'base64')).buffer
      : member;
  });
}

function mapMembers(value: unknown, map: (member: unknown) => unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, map(member)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
