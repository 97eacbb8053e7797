/** Keeps the screen, and with it the device, awake while a run is going; does nothing where browsers don't offer it. */

/** @returns what lets the device sleep again */
export function stayAwake(): () => void {
  const over = new AbortController();
  const { signal } = over;
  const take = async () => {
    if (document.visibilityState !== 'visible') return;
    try {
      // Absent in some browsers, whatever the type says.
      const lock = await (navigator as Partial<Navigator>).wakeLock?.request('screen');
      if (!lock) return;
      if (signal.aborted) await lock.release();
      else signal.addEventListener('abort', () => void lock.release().catch(ignore));
    } catch {
      // Refused, on a low battery say: training goes on without.
    }
  };
  // A page that is hidden loses the lock.
  document.addEventListener('visibilitychange', () => void take(), { signal });
  void take();
  return () => {
    over.abort();
  };
}

/** A lock that can't be released has been. */
function ignore() {
  return undefined;
}
