/**
 * Tasks of a page's main thread, from Chromium's trace. By the clock a task also waits for a core, so that a busy machine
 * makes it long; its CPU time is the same there.
 */

/** What to trace: every task, and the page's `performance.mark`s, which tell its thread. */
export const taskCategories = ['toplevel', 'blink.user_timing'];

export interface PageTask {
  cpuMs: number;
  clockMs: number;
}

/** Times in µs. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** CPU time of the thread; left out where it is 0. */
  tdur?: number;
}

/** Those that ran between two marks of the page, of which the trace must have one each. */
export function tasksBetween(trace: Buffer, from: string, to: string): PageTask[] {
  // As Chromium writes it. In any other format there is no mark, or no task that takes time.
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const markOf = (name: string) => {
    const [mark, ...others] = traceEvents.filter((event) => event.name === name);
    if (!mark || others.length > 0)
      throw new Error(`mark "${name}": the trace has ${mark ? 'several' : 'none'}`);
    return mark;
  };
  const [start, end] = [markOf(from), markOf(to)];
  return traceEvents
    .filter(
      ({ name, ph, pid, tid }) =>
        name.endsWith('RunTask') && ph === 'X' && pid === start.pid && tid === start.tid,
    )
    .filter(({ ts, dur = 0 }) => ts < end.ts && ts + dur > start.ts)
    .map(({ dur = 0, tdur = 0 }) => ({ cpuMs: tdur / 1000, clockMs: dur / 1000 }));
}
