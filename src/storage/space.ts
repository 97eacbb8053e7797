/** How much this site keeps and may keep, and whether the browser may clear it away. */

export interface StorageSpace {
  /** Bytes; the browser's estimate, null where it gives none. */
  used: number | null;
  quota: number | null;
  /** False: the browser may delete everything when the disk runs short. */
  persisted: boolean;
}

export async function storageSpace(): Promise<StorageSpace> {
  const storage = storageManager();
  const [estimate, persisted] = await Promise.all([storage?.estimate?.(), storage?.persisted?.()]);
  return {
    used: estimate?.usage ?? null,
    quota: estimate?.quota ?? null,
    persisted: persisted ?? false,
  };
}

/**
 * Asks the browser to keep the data until the person deletes it. Firefox asks the person; others decide.
 * Only in a page: workers can't ask.
 */
export async function askToPersist(): Promise<boolean> {
  return (await storageManager()?.persist?.()) ?? false;
}

/** Absent, wholly or in part, outside secure contexts and in older browsers, whatever the types say. */
function storageManager(): Partial<StorageManager> | undefined {
  return (globalThis.navigator as Partial<Navigator> | undefined)?.storage;
}
