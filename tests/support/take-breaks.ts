import { onTestFinished, vi } from 'vitest';

/** For the rest of a test a clock that strides on whenever it is read: long work takes every break that it may, on machines of any speed. */
export function takeBreaks() {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 50));
  onTestFinished(() => clock.mockRestore());
}
