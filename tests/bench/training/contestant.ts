/** What every contestant's worker answers to. */
import { expose } from 'comlink';
import type { NetName } from './networks.ts';

/** One network at one batch size, trained on and on. */
export interface Trainer {
  /** Mean losses of the first so many steps, over the rows in their order; to be asked before anything else. */
  losses: ((steps: number) => Promise<number[]>) | null;
  /** Trains for about so long. @returns examples a second */
  measure(ms: number): Promise<number>;
  dispose(): void;
}

/** @param backend where there is a choice. @throws Error that says why this contestant can't run it */
export type CreateTrainer = (net: NetName, batch: number, backend: string) => Promise<Trainer>;

export interface Contestant {
  /** @returns the losses of the first steps; null where they can't be compared */
  start(net: NetName, batch: number, backend: string, steps: number): Promise<number[] | null>;
  measure(ms: number): Promise<number>;
}

export function serve(create: CreateTrainer) {
  let trainer: Trainer | null = null;
  const contestant: Contestant = {
    async start(net, batch, backend, steps) {
      trainer?.dispose();
      trainer = await create(net, batch, backend);
      return (await trainer.losses?.(steps)) ?? null;
    },
    measure(ms) {
      if (!trainer) throw new Error('nothing was started');
      return trainer.measure(ms);
    },
  };
  expose(contestant);
}

/** Takes steps until `ms` are over. @param run takes so many steps and waits for them */
export async function rateOf(
  batch: number,
  ms: number,
  stepsAtOnce: number,
  run: (steps: number) => Promise<void> | void,
): Promise<number> {
  const started = performance.now();
  let steps = 0;
  do {
    await run(stepsAtOnce);
    steps += stepsAtOnce;
  } while (performance.now() - started < ms);
  return (1000 * steps * batch) / (performance.now() - started);
}

/** Where the batches begin, over and over; a last, smaller one is left out. */
export function batchStarts(rows: number, batch: number): () => number {
  let at = 0;
  return () => {
    const from = at;
    at = at + 2 * batch > rows ? 0 : at + batch;
    return from;
  };
}
