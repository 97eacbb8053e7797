/**
 * A two-tower net (Covington, Adams and Sargin 2016; Yi et al. 2019): learns from events and from what is known of
 * items at once, so that items which nobody has had yet find their people too.
 */
import { StudioError } from '../../../lib/errors.ts';
import { Random } from '../../../lib/random.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions } from '../../interactions.ts';
import type { ItemFeatures } from '../../item-features.ts';
import { itemVectors, type ItemVectors } from '../../methods/content-based/tf-idf.ts';
import { TwoTower } from './recommender.ts';
import { twoTowerDefaults, type TwoTowerSettings } from '../../settings/two-tower.ts';
import type { RecommenderMethod } from '../../recommender.ts';
import { drawBatch, usersOfEvents } from './batches.ts';
import { createTwoTowerSteps, twoTowerStepsBytes, type TwoTowerJob } from './steps.ts';

/** Features that memory is reckoned with before any are known. */
const usualFeatures = 200;

export const method: RecommenderMethod<TwoTowerSettings> = {
  id: 'two-tower',
  defaults: twoTowerDefaults,
  memory: (interactions, settings) =>
    twoTowerStepsBytes(
      jobOf(interactions, settings, {
        ...{ starts: new Uint32Array(1), indices: new Uint32Array(0), values: new Float32Array(0) },
        ...{ names: new Array<string>(usualFeatures).fill(''), dense: null },
      }),
    ) +
    8 * interactions.indices.length,
  async fit(interactions, settings, context, features) {
    const { items, indices } = interactions;
    const random = new Random(context.seed, 'two-tower');
    let [done, epoch, loss] = [0, 1, 0];
    const breaks = new Breaks(() =>
      context.breathe({ done, epoch: Math.min(epoch, settings.epochs), ...(loss > 0 && { loss }) }),
    );
    const known = await breaks.drive(featuresIn(features, items, settings));
    const job = jobOf(interactions, settings, known);
    const { starts } = interactions;
    const users = usersOfEvents(interactions);
    // Of someone with one event nothing is known that it could follow from.
    const taught = Uint32Array.from(users, (_, event) => event).filter((event) => {
      const user = users[event] ?? 0;
      return (starts[user + 1] ?? 0) - (starts[user] ?? 0) > 1;
    });
    if (taught.length === 0)
      throw new StudioError('bad-config', 'two-tower: nobody has two events, so nothing follows');
    const frequencies = new Float64Array(items);
    for (const item of indices) frequencies[item] = (frequencies[item] ?? 0) + 1;
    const steps = createTwoTowerSteps(job, new Random(context.seed, 'weights'));
    const hasOwn = Uint8Array.from(frequencies, (count) => (count > 0 ? 1 : 0));
    const model = async () => {
      const history = await breaks.drive(steps.vectors('history', hasOwn));
      const offered = await breaks.drive(steps.vectors('offered', hasOwn));
      return new TwoTower(history, offered, settings.units);
    };
    const perEpoch = Math.ceil(taught.length / settings.batchSize);
    for (; epoch <= settings.epochs; epoch++) {
      random.shuffle(taught);
      let sum = 0;
      for (let step = 0; step < perEpoch; step++) {
        const from = step * settings.batchSize;
        const events = taught.subarray(from, from + settings.batchSize);
        const batch = drawBatch(interactions, events, users, frequencies, settings, random);
        sum += await breaks.drive(steps.step(batch, settings.learningRate));
        if (!Number.isFinite(sum))
          throw new StudioError('diverged', `two-tower: the loss is ${sum} in epoch ${epoch}`);
        loss = sum / (step + 1);
        done = (epoch - 1 + (step + 1) / perEpoch) / settings.epochs;
      }
      await breaks.take();
      if (context.onEpoch) await context.onEpoch(epoch, await model());
    }
    return model();
  },
  open: (saved) => TwoTower.open(saved),
};

function jobOf(
  { items }: Interactions,
  settings: TwoTowerSettings,
  features: ItemVectors,
): TwoTowerJob {
  const { units, hidden, batchSize, candidates, history } = settings;
  return {
    ...{ items, units, hidden, batchSize, features },
    // Room for every event of a step, should each be of another item.
    candidates: Math.min(items, Math.max(candidates, batchSize)),
    histories: Math.min(items, batchSize * history),
  };
}

/** @throws StudioError `bad-config` */
function featuresIn(
  features: ItemFeatures | null,
  items: number,
  { mostWords }: TwoTowerSettings,
): Generator<unknown, ItemVectors, undefined> {
  if (!features?.categories && !features?.texts && !features?.numbers)
    throw new StudioError(
      'bad-config',
      'two-tower: nothing is known of the items; it needs categories, a text or numbers of each',
    );
  if (features.items !== items)
    throw new StudioError(
      'bad-config',
      `two-tower: features are of ${features.items} items, events of ${items}`,
    );
  const alike = { categories: 1, words: 1, numbers: 1 };
  return itemVectors(features, alike, { leastItems: 2, mostWords });
}
