/** What methods share that go over the events again and again. */
import type { Random } from '../lib/random.ts';
import { openFit, saveFit } from './fit-state.ts';
import type { FitContext, Recommender, SavedRecommender } from './recommender.ts';
import type { SavedReader } from './saved.ts';

export interface Epochs {
  /** @param told the share of the epoch that is done @returns the mean loss */
  runEpoch(random: Random, told: (done: number) => Promise<void>): Promise<number>;
  /** As it stands. */
  model(): Recommender;
  /** `measured` of `FitContext.onEpoch`; absent: the model itself is quick. */
  measured?(): Recommender;
  /** All that an epoch goes out from, beside the events and the random numbers; views. */
  save(): SavedRecommender['arrays'];
  /** @throws StudioError `corrupt` */
  restore(saved: SavedReader): void;
}

interface EpochFit {
  method: string;
  epochs: number;
  random: Random;
}

/** @throws what `breathe` and `onEpoch` throw; StudioError `corrupt` for a state of another fit */
export async function fitByEpochs(
  learning: Epochs,
  { method, epochs, random }: EpochFit,
  context: FitContext,
): Promise<Recommender> {
  await context.breathe({ done: 0 });
  let drawn = random;
  let first = 1;
  if (context.from) {
    const opened = openFit(context.from, method);
    learning.restore(opened.reader);
    drawn = opened.random;
    first = opened.epoch + 1;
  }
  for (let epoch = first; epoch <= epochs; epoch++) {
    const loss = await learning.runEpoch(drawn, (done) =>
      context.breathe({ done: (epoch - 1 + done) / epochs, epoch }),
    );
    await context.breathe({ done: epoch / epochs, epoch, loss });
    await context.onEpoch?.(
      epoch,
      learning.model(),
      () => saveFit(method, { epoch, random: drawn, arrays: learning.save() }),
      learning.measured?.(),
    );
  }
  return learning.model();
}
