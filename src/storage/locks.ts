/**
 * Who may write, over all tabs and workers (Web Locks). Where the browser has no locks, or refuses them
 * with the rest of its storage, this tab counts as the only one.
 */

/** Bytes are being written that no record names yet: shared by all who write, alone for who collects. */
const useLock = 'glasshouse-use';

const exclusiveIfFree: LockOptions = { mode: 'exclusive', ifAvailable: true };

export interface Hold {
  release(): void;
}

/**
 * Makes this the one tab that writes to a project; null where another is, and still is when `waiting`
 * aborts. Without `waiting` it says so at once.
 */
export function holdProject(projectId: string, waiting?: AbortSignal): Promise<Hold | null> {
  return new Promise((resolve, reject) => {
    const held = (lock: boolean) =>
      // The lock is held until the inner promise settles.
      lock ? new Promise<void>((release) => resolve({ release })) : resolve(null);
    withLock(
      `glasshouse-project ${projectId}`,
      waiting ? { mode: 'exclusive', signal: waiting } : exclusiveIfFree,
      held,
    )
      .catch((error: unknown) => {
        if (!waiting?.aborted) throw error;
        resolve(null);
      })
      .catch(reject);
  });
}

/** Imports, trainings and whatever else writes bytes run in this, so that none are collected meanwhile. */
export async function whileInUse<T>(task: () => Promise<T>): Promise<T> {
  return withLock(useLock, { mode: 'shared' }, task);
}

/** Runs the task if no tab or worker is writing bytes; undefined where one is. */
export async function whileUnused<T>(task: () => Promise<T>): Promise<T | undefined> {
  return withLock(useLock, exclusiveIfFree, async (isFree) => (isFree ? task() : undefined));
}

/** Settles when the lock is free again, as far as this holder goes. */
async function withLock<T>(
  name: string,
  options: LockOptions,
  task: (isHeld: boolean) => T | Promise<T>,
): Promise<T> {
  // Absent outside secure contexts, whatever the types say.
  const locks = (globalThis.navigator as { locks?: LockManager } | undefined)?.locks;
  if (!locks) return task(true);
  const progress = { hasStarted: false };
  try {
    // Awaited: the browser lets go only some time after the task has ended.
    return await locks.request(name, options, (lock) => {
      progress.hasStarted = true;
      return task(lock !== null);
    });
  } catch (error) {
    const isRefused = error instanceof DOMException && error.name === 'SecurityError';
    if (isRefused && !progress.hasStarted) return task(true);
    throw error;
  }
}
