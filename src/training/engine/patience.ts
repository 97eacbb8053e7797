/**
 * An end for what might never answer. By timers, which the workers of a hidden page may have late: here that does no
 * harm. In two halves, so that a device that slept through one isn't taken for a helper that doesn't answer.
 */

/* eslint-disable no-restricted-globals -- nothing waits for these but what failed */

/** @throws what `late` gives, where `work` takes longer */
export async function endsWithin<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      timer = setTimeout(() => reject(late()), ms / 2);
    }, ms / 2);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
