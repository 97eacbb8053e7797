/** Which epoch's model a run keeps: the best by the validation part, or the last where nothing is held out for it. */
import type { Metrics } from '../../training/run.ts';
import type { Recommender } from '../recommender.ts';

export interface KeptEpoch {
  epoch: number;
  model: Recommender;
  /** Figures on the validation part; null without one. */
  validation: Metrics | null;
}

export class EpochChoice {
  #kept: KeptEpoch | null = null;
  #last = 0;
  readonly #patience: number;

  /** @param patience epochs in a row that may be no better before it is enough; 0: any number */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Null before the first epoch's end. */
  get kept(): KeptEpoch | null {
    return this.#kept;
  }

  /** Epochs that are done. */
  get epochs(): number {
    return this.#last;
  }

  get isEnough(): boolean {
    const waited = this.#last - (this.#kept?.epoch ?? 0);
    return this.#patience > 0 && waited >= this.#patience;
  }

  /** @returns whether this is the epoch to keep; of equal ones the first is */
  note(next: KeptEpoch): boolean {
    this.#last = next.epoch;
    const isBetter = !this.#kept || isAhead(next.validation, this.#kept.validation);
    if (isBetter) this.#kept = next;
    return isBetter;
  }

  /** Goes on where another run of the same was. */
  restore(kept: KeptEpoch, epochs: number) {
    this.#kept = kept;
    this.#last = epochs;
  }
}

/** By RMSE where it is told, else by NDCG@10; without figures, and after one that isn't a number, the later epoch is. */
function isAhead(next: Metrics | null, kept: Metrics | null): boolean {
  if (!next || !kept) return true;
  const watched = 'rmse' in next ? 'rmse' : 'ndcgAt10';
  const [value, best] = [next[watched] ?? Number.NaN, kept[watched] ?? Number.NaN];
  if (Number.isNaN(best)) return true;
  return watched === 'rmse' ? value < best : value > best;
}
