/** Whose curves are drawn: of all that are wanted those that came or were asked for last. */
import type { RunSession } from '../../state/run-session.svelte.ts';
import { mostDrawn } from './run-colours.ts';

type Listed = Pick<RunSession, 'id'> & { record: Pick<RunSession['record'], 'createdAt'> };

export class ShownRuns {
  /** By the run's id: when it was asked for, or null where it is not wanted. */
  #picks = $state.raw<Readonly<Record<string, number | null>>>({});

  /** In the order of `runs`. */
  of<Run extends Listed>(runs: readonly Run[]): Run[] {
    const since = ({ id, record }: Run) => {
      const pick = this.#picks[id];
      return pick === undefined ? record.createdAt : pick;
    };
    const wanted = runs.filter((run) => since(run) !== null);
    const latest = wanted.toSorted((a, b) => (since(b) ?? 0) - (since(a) ?? 0)).slice(0, mostDrawn);
    return wanted.filter((run) => latest.includes(run));
  }

  show(id: string, isShown: boolean) {
    this.#picks = { ...this.#picks, [id]: isShown ? Date.now() : null };
  }
}
