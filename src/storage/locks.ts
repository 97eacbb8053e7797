/**
 * Who may write, over all tabs and workers (Web Locks). Where the browser has no locks, or refuses them
 * with the rest of its storage, this tab counts as the only one.
 */

/** Bytes are being written that no record names yet: shared by all who write, alone for who collects. */
const useLock = 'glasshouse-use';

export interface Hold {
  release(): void;
}

/** Makes this the one tab that writes to a project; null where another is. */
export async function holdProject(projectId: string): Promise<Hold | null> {
  return hold(`glasshouse-project ${projectId}`, { mode: 'exclusive', ifAvailable: true });
}

/** Imports, trainings and whatever else writes bytes run in this, so that none are collected meanwhile. */
export async function whileInUse<T>(task: () => Promise<T>): Promise<T> {
  const held = await hold(useLock, { mode: 'shared' });
  try {
    return await task();
  } finally {
    held?.release();
  }
}

/** Runs the task if no tab or worker is writing bytes; undefined where one is. */
export async function whileUnused<T>(task: () => Promise<T>): Promise<T | undefined> {
  const held = await hold(useLock, { mode: 'exclusive', ifAvailable: true });
  if (!held) return undefined;
  try {
    return await task();
  } finally {
    held.release();
  }
}

async function hold(name: string, options: LockOptions): Promise<Hold | null> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return { release: () => undefined };
  return new Promise((resolve, reject) => {
    locks
      .request(name, options, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        // The lock is held until this promise settles.
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'SecurityError')
          resolve({ release: () => undefined });
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}
