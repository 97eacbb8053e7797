/** What methods share that go over the events again and again. */
import type { Random } from '../lib/random.ts';
import type { FitContext, Recommender } from './recommender.ts';

export interface Epochs {
  /** @param told the share of the epoch that is done @returns the mean loss */
  runEpoch(random: Random, told: (done: number) => Promise<void>): Promise<number>;
  /** As it stands. */
  model(): Recommender;
}

/** @throws what `breathe` throws */
export async function fitByEpochs(
  learning: Epochs,
  epochs: number,
  random: Random,
  context: FitContext,
): Promise<Recommender> {
  await context.breathe({ done: 0 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = await learning.runEpoch(random, (done) =>
      context.breathe({ done: (epoch - 1 + done) / epochs, epoch }),
    );
    await context.breathe({ done: epoch / epochs, epoch, loss });
    await context.onEpoch?.(epoch, learning.model());
  }
  return learning.model();
}
