/**
 * A two-tower net (Covington, Adams and Sargin 2016; Yi et al. 2019): learns from events and from what is known of
 * items at once, so that items which nobody has had yet find their people too.
 */
import { StudioError } from '../../../lib/errors.ts';
import { Random } from '../../../lib/random.ts';
import { openFit, saveFit } from '../../fit-state.ts';
import { embeddingWidth } from '../../../text/pretrained.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions } from '../../interactions.ts';
import type { ItemFeatures } from '../../item-features.ts';
import {
  itemVectors,
  type FittedVectors,
  type ItemVectors,
} from '../../methods/content-based/tf-idf.ts';
import { TwoTower } from './recommender.ts';
import { twoTowerDefaults, type TwoTowerSettings } from '../../settings/two-tower.ts';
import { withToldTexts } from '../../told-texts.ts';
import type { RecommenderMethod } from '../../recommender.ts';
import { PersonTower } from './person-tower.ts';
import { drawBatch, usersOfEvents } from './batches.ts';
import { createTwoTowerSteps, twoTowerStepsBytes, type TwoTowerJob } from './steps.ts';

const alike = { categories: 1, words: 1, numbers: 1 };
/** Features of items, and of people, that memory is reckoned with before any are known. */
const usualFeatures = 200;
/** An item's embedding as it came, and centred. */
const bytesPerEmbedding = 2 * embeddingWidth * 4;

export const method: RecommenderMethod<TwoTowerSettings> = {
  id: 'two-tower',
  defaults: twoTowerDefaults,
  memory(interactions, settings) {
    const { users, items, indices } = interactions;
    const isEncoded = settings.text === 'sentence-encoder';
    const job = {
      ...jobOf(interactions, settings, unread(isEncoded ? embeddingWidth : 0)),
      people: unread(0), // there may be a table of them
    };
    // The model's vectors of items and people, a copy to be saved, and of each event two numbers.
    const vectors = 2 * 4 * settings.units * (2 * items + users);
    return (
      twoTowerStepsBytes(job) +
      vectors +
      8 * indices.length +
      (isEncoded ? items * bytesPerEmbedding : 0)
    );
  },
  async fit(interactions, settings, context, features) {
    const { items, indices } = interactions;
    let random = new Random(context.seed, 'two-tower');
    let [done, epoch, loss] = [0, 1, 0];
    const breaks = new Breaks(() =>
      context.breathe({ done, epoch: Math.min(epoch, settings.epochs), ...(loss > 0 && { loss }) }),
    );
    const known = await breaks.drive(featuresIn(features, items, settings));
    const people = await breaks.drive(peopleIn(context.people, interactions.users, settings));
    const isKnown = people && hasEntries(people, interactions.users);
    const job = { ...jobOf(interactions, settings, known), people };
    const { starts } = interactions;
    const users = usersOfEvents(interactions);
    // Of someone with one event it could only follow from what is known besides.
    const taught = Uint32Array.from(users, (_, event) => event).filter((event) => {
      const user = users[event] ?? 0;
      return (starts[user + 1] ?? 0) - (starts[user] ?? 0) > 1 || isKnown?.[user] === 1;
    });
    if (taught.length === 0)
      throw new StudioError(
        'bad-config',
        'two-tower: nobody has two events in the training part, so nothing follows. ' +
          'Bring more events, hold fewer out, or choose most-popular',
      );
    const frequencies = new Float64Array(items);
    for (const item of indices) frequencies[item] = (frequencies[item] ?? 0) + 1;
    const steps = createTwoTowerSteps(job, new Random(context.seed, 'weights'));
    const hasOwn = Uint8Array.from(frequencies, (count) => (count > 0 ? 1 : 0));
    const model = async () => {
      const history = await breaks.drive(steps.vectors('history', hasOwn));
      const offered = await breaks.drive(steps.vectors('offered', hasOwn));
      const vectors = isKnown && (await breaks.drive(steps.vectors('person', isKnown)));
      const layers = steps.personLayers();
      const fields = context.people?.fields;
      return new TwoTower(
        ...([history, offered, settings.units] as const),
        vectors && without(vectors, isKnown),
        people && layers && fields ? new PersonTower({ ...people, fields }, layers) : null,
      );
    };
    if (context.from) {
      const opened = openFit(context.from, 'two-tower');
      random = opened.random;
      epoch = opened.epoch + 1;
      taught.set(opened.reader.array('taught', Uint32Array, taught.length));
      for (const [name, values] of Object.entries(steps.learned()))
        values.set(opened.reader.array(name, Float32Array, values.length));
      steps.updates = opened.reader.number('updates');
    }
    // The order too, since each epoch shuffles that of the one before.
    const save = () =>
      saveFit('two-tower', {
        ...{ epoch, random, arrays: { ...steps.learned(), taught } },
        numbers: { updates: steps.updates },
      });
    const perEpoch = Math.ceil(taught.length / settings.batchSize);
    for (; epoch <= settings.epochs; epoch++) {
      random.shuffle(taught);
      let sum = 0;
      for (let step = 0; step < perEpoch; step++) {
        const from = step * settings.batchSize;
        const events = taught.subarray(from, from + settings.batchSize);
        const batch = drawBatch(
          ...([interactions, events, users, frequencies, settings, random, isKnown] as const),
        );
        sum += await breaks.drive(steps.step(batch, settings.learningRate));
        if (!Number.isFinite(sum))
          throw new StudioError('diverged', `two-tower: the loss is ${sum} in epoch ${epoch}`);
        loss = sum / (step + 1);
        done = (epoch - 1 + (step + 1) / perEpoch) / settings.epochs;
      }
      await breaks.take();
      if (context.onEpoch) await context.onEpoch(epoch, await model(), save);
    }
    return model();
  },
  open: (saved) => TwoTower.open(saved),
};

/** Features of nobody yet, as many as they usually are. */
function unread(width: number): ItemVectors {
  return {
    ...{ starts: new Uint32Array(1), indices: new Uint32Array(0), values: new Float32Array(0) },
    names: new Array<string>(usualFeatures).fill(''),
    dense: width > 0 ? { values: new Float32Array(0), width } : null,
  };
}

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

/** Null where nothing is known of anybody. @throws StudioError `bad-config` */
function* peopleIn(
  people: ItemFeatures | null | undefined,
  users: number,
  { mostWords }: TwoTowerSettings,
): Generator<unknown, FittedVectors | null, undefined> {
  if (!people?.categories && !people?.texts && !people?.numbers) return null;
  if (people.items !== users)
    throw new StudioError(
      'bad-config',
      `two-tower: features are of ${people.items} people, events of ${users}`,
    );
  const vectors = yield* itemVectors(people, alike, { leastItems: 2, mostWords });
  return vectors.names.length > 0 ? vectors : null;
}

/** [rows]: 1 where anything is known. */
function hasEntries({ starts }: ItemVectors, rows: number): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) =>
    (starts[row + 1] ?? 0) > (starts[row] ?? 0) ? 1 : 0,
  );
}

/** What layers make of nothing is no knowledge: 0 there. */
function without(vectors: Float32Array, isKnown: Uint8Array): Float32Array {
  const units = vectors.length / isKnown.length;
  return vectors.map((value, k) => (isKnown[Math.floor(k / units)] ? value : 0));
}

/** @throws StudioError `bad-config` */
function featuresIn(
  features: ItemFeatures | null,
  items: number,
  { mostWords, text }: TwoTowerSettings,
): Generator<unknown, ItemVectors, undefined> {
  if (!features?.categories && !features?.texts && !features?.numbers)
    throw new StudioError(
      'bad-config',
      'two-tower: nothing is known of the items; it needs categories, a text or numbers of each. ' +
        'Bring a table of items, or choose a method that goes by events alone, such as ease',
    );
  if (features.items !== items)
    throw new StudioError(
      'bad-config',
      `two-tower: features are of ${features.items} items, events of ${items}`,
    );
  const told = withToldTexts('two-tower', features, text);
  return itemVectors(told, alike, { leastItems: 2, mostWords });
}
