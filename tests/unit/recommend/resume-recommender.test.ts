/** A recommender's run that is killed goes on from its last checkpoint, and comes to the same end. */
import { expect, test, vi } from 'vitest';
import { StudioError } from '../../../src/lib/errors.ts';
import { Random } from '../../../src/lib/random.ts';
import {
  decodeFitCheckpoint,
  encodeFitCheckpoint,
} from '../../../src/recommend/engine/fit-checkpoint.ts';
import { trainRecommender } from '../../../src/recommend/engine/train-recommender.ts';
import { methods } from '../../../src/recommend/methods/index.ts';
import { Control } from '../../../src/training/engine/control.ts';
import type { RunEvent, RunNotice, SettingValue } from '../../../src/training/run.ts';
import { eventSource } from '../../support/event-source.ts';
import { memorySource } from '../../support/memory-source.ts';

type Settings = Record<string, SettingValue>;

/** Two crowds with items of their own. */
function crowds() {
  const random = new Random(3, 'crowds');
  const cells = Array.from({ length: 360 }, (_, i) => {
    const user = i % 30;
    return { user, item: 100 * (user % 2) + random.integer(15), value: 1 + random.integer(5) };
  });
  return eventSource({
    users: cells.map(({ user }) => user),
    items: cells.map(({ item }) => item),
    values: cells.map(({ value }) => value),
    times: cells.map((_, i) => 1_000_000 + i),
  });
}

const titles = memorySource({
  id: {
    type: 'integer',
    cells: Array.from({ length: 30 }, (_, i) => (i < 15 ? i : 85 + i)),
    role: 'item',
  },
  crowd: { type: 'category', cells: Array.from({ length: 30 }, (_, i) => (i < 15 ? 'a' : 'b')) },
  name: { type: 'text', cells: Array.from({ length: 30 }, (_, i) => `Item number ${i}`) },
});

const people = memorySource({
  id: { type: 'integer', cells: Array.from({ length: 30 }, (_, i) => i), role: 'user' },
  age: { type: 'number', cells: Array.from({ length: 30 }, (_, i) => 20 + 7 * (i % 5)) },
});

vi.mock('../../../src/text/engine/load-encoder.ts', () => ({
  // As an encoder gives them, each time the same.
  loadSentenceEncoder: () =>
    Promise.resolve({
      encode: (texts: readonly string[]) => {
        const random = new Random(4, 'texts');
        return Promise.resolve(
          Float32Array.from({ length: 4 * texts.length }, () => random.uniform()),
        );
      },
      dispose: () => undefined,
    }),
}));

async function train(learner: string, settings: Settings, checkpoint: ArrayBuffer | null = null) {
  const checkpoints: ArrayBuffer[] = [];
  const events: RunEvent[] = [];
  const outcome = await trainRecommender({
    source: crowds(),
    items: titles,
    users: people,
    config: { learner, seed: 5, settings },
    control: new Control(),
    emit: (event) => void events.push(event),
    checkpoint,
    saveCheckpoint: (bytes) => Promise.resolve(void checkpoints.push(bytes)),
    checkpointEveryMs: 0,
  });
  const curve = events.flatMap((event) =>
    event.type === 'epoch' ? [{ ...event, seconds: 0 }] : [],
  );
  const started = events.find((event) => event.type === 'started');
  return { outcome, checkpoints, curve, started };
}

/** Settings under which the best epoch isn't the last, so that what is kept must be in the checkpoint. */
const runs: [string, Settings][] = [
  ['bpr', { factors: 6, epochs: 9, learningRate: 0.4 }],
  ['biased-mf', { factors: 6, epochs: 9, learningRate: 0.1 }],
  ['ials', { factors: 6, epochs: 6, regularization: 0.1 }],
  ['sasrec', { ...{ epochs: 6, units: 8, steps: 6, blocks: 1 }, learningRate: 0.05, batchSize: 4 }],
  ['gru4rec', { ...{ epochs: 6, units: 8, steps: 6 }, learningRate: 0.05, batchSize: 4 }],
  [
    'two-tower',
    { ...{ epochs: 6, units: 8, hidden: 8, candidates: 16 }, batchSize: 32, learningRate: 0.05 },
  ],
  [
    'two-tower',
    {
      ...{ epochs: 6, units: 8, hidden: 8, candidates: 16, batchSize: 32, learningRate: 0.05 },
      text: 'sentence-encoder',
    },
  ],
];

test.each(runs)(
  '%s: killed after any epoch, again and again, a run comes to the same end, bit for bit',
  async (learner, settings) => {
    const whole = await train(learner, settings);
    expect(whole.checkpoints).toHaveLength(Number(settings['epochs']));
    for (const [at, checkpoint] of whole.checkpoints.entries()) {
      const again = await train(learner, settings, checkpoint);
      expect(again.started).toMatchObject({ epoch: at + 1 });
      expect(again.curve).toEqual(whole.curve.slice(at + 1));
      expect(again.outcome.recommender).toEqual(whole.outcome.recommender);
      expect(again.outcome.epochs).toEqual(whole.outcome.epochs);
      expect(again.outcome.evaluation).toEqual(whole.outcome.evaluation);
      expect(again.outcome.metrics.validation).toEqual(whole.outcome.metrics.validation);
    }
    // A second death, of the run that went on.
    const once = await train(learner, settings, whole.checkpoints[1]);
    const twice = await train(learner, settings, once.checkpoints[1]);
    expect(twice.curve).toEqual(whole.curve.slice(4));
    expect(twice.outcome.recommender).toEqual(whole.outcome.recommender);
  },
);

test('a run that lost its patience and was killed while it was measured does not learn on', async () => {
  const settings = { factors: 6, epochs: 60, learningRate: 0.4, patience: 3 };
  const whole = await train('bpr', settings);
  expect(whole.outcome.outcome).toBe('early-stopped');
  const again = await train('bpr', settings, whole.checkpoints.at(-1) ?? null);
  expect(again.curve).toEqual([]);
  expect(again.outcome.outcome).toBe('early-stopped');
  expect(again.outcome.recommender).toEqual(whole.outcome.recommender);
});

test('methods that are solved in one go keep no checkpoint', async () => {
  for (const learner of ['ease', 'item-knn', 'pure-svd'])
    expect((await train(learner, {})).checkpoints, learner).toEqual([]);
});

test('a hybrid keeps its finished members and goes on in the one that was under way, to the same end, bit for bit', async () => {
  const settings = { first: 'bpr', firstWeight: 1, second: 'ials', secondWeight: 0.5 };
  const whole = await train('hybrid', settings);
  const [bprEpochs, ialsEpochs] = [methods.bpr.defaults.epochs, methods.ials.defaults.epochs];
  expect(whole.checkpoints).toHaveLength(bprEpochs + 1 + ialsEpochs); // one where bpr was finished
  const fit = {
    bpr: vi.spyOn(methods.bpr, 'fit'),
    ials: vi.spyOn(methods.ials, 'fit'),
  };
  for (const at of [0, bprEpochs - 1, bprEpochs, bprEpochs + 1, bprEpochs + ialsEpochs]) {
    vi.clearAllMocks();
    const again = await train('hybrid', settings, whole.checkpoints[at]);
    expect(fit.bpr).toHaveBeenCalledTimes(at < bprEpochs ? 1 : 0);
    const [, , context] = (at < bprEpochs ? fit.bpr : fit.ials).mock.lastCall ?? [];
    const done = at < bprEpochs ? at + 1 : at - bprEpochs;
    expect(context?.from?.settings['epoch']).toBe(done === 0 ? undefined : done);
    expect(again.checkpoints).toHaveLength(whole.checkpoints.length - at - 1);
    expect(again.outcome.recommender).toEqual(whole.outcome.recommender);
    expect(again.outcome.evaluation).toEqual(whole.outcome.evaluation);
    expect(again.curve).toEqual([]); // a member's epochs are none of the whole
  }
  vi.restoreAllMocks();
  // A second death, of the run that went on.
  const once = await train('hybrid', settings, whole.checkpoints[3]);
  const twice = await train('hybrid', settings, once.checkpoints.at(-2));
  expect(twice.outcome.recommender).toEqual(whole.outcome.recommender);
});

test('a hybrid of members that are solved in one go keeps the finished ones', async () => {
  const settings = { first: 'ease', firstWeight: 1, second: 'item-knn', secondWeight: 1 };
  const whole = await train('hybrid', settings);
  expect(whole.checkpoints).toHaveLength(1);
  const again = await train('hybrid', settings, whole.checkpoints[0]);
  expect(again.outcome.recommender).toEqual(whole.outcome.recommender);
  // Of other members.
  const other = { ...settings, first: 'pure-svd' };
  await expect(train('hybrid', other, whole.checkpoints[0])).rejects.toThrow(
    'was saved by "ease", not "pure-svd"',
  );
});

test('a checkpoint keeps every bit, figures that are no numbers too; a damaged one is refused', async () => {
  const model = {
    method: 'bpr',
    settings: { factors: 2, name: 'x', isOn: true },
    arrays: { odd: Uint32Array.of(7, 2 ** 32 - 1, 3), q: Float32Array.of(0.1, -0, Number.NaN) },
  };
  const fit = {
    method: 'bpr',
    settings: { epoch: 3 },
    // A part of a larger array, as the kernels' are.
    arrays: { random: new Float64Array([9, 1 / 3, -1e300, 9]).subarray(1, 3) },
  };
  const kept = { epoch: 2, validation: { ndcgAt10: Number.NaN, rmse: 0.9 }, model };
  const bytes = encodeFitCheckpoint({ epochs: 3, seconds: 1.5, fit, kept });
  const opened = decodeFitCheckpoint(structuredClone(bytes));
  expect(opened).toEqual({ epochs: 3, seconds: 1.5, fit, kept });

  // Of a hybrid no epoch is the one to keep.
  const parts = { epochs: 0, seconds: 2, fit, kept: null };
  expect(decodeFitCheckpoint(encodeFitCheckpoint(parts))).toEqual(parts);

  const damaged = 'The checkpoint of this run is damaged';
  for (const cut of [0, 7, 20, bytes.byteLength - 8])
    expect(() => decodeFitCheckpoint(bytes.slice(0, cut))).toThrow(damaged);
  const other = bytes.slice(0);
  new Uint8Array(other)[0] = 0;
  expect(() => decodeFitCheckpoint(other)).toThrow(damaged);
  // Of another method, and of other data.
  const { checkpoints } = await train('bpr', { factors: 6, epochs: 1 });
  await expect(train('ials', { factors: 6, epochs: 2 }, checkpoints[0])).rejects.toThrow(
    'was saved by "bpr", not "ials"',
  );
  await expect(train('bpr', { factors: 5, epochs: 2 }, checkpoints[0])).rejects.toThrow(
    'The saved recommender "p" has 180 numbers, not 150',
  );
});

test('a run whose state can not be stored goes on, and says so once', async () => {
  const notices: RunNotice[] = [];
  const { outcome } = await trainRecommender({
    ...{ source: crowds(), items: titles, users: people, control: new Control(), checkpoint: null },
    config: { learner: 'bpr', seed: 5, settings: { factors: 6, epochs: 6 } },
    emit: (event) => {
      if (event.type === 'notice') notices.push(event.notice);
    },
    saveCheckpoint: () => Promise.reject(new StudioError('storage-full', 'full')),
    checkpointEveryMs: 0,
  });
  expect(outcome).toBe('completed');
  expect(notices).toEqual([
    { type: 'not-stored', epoch: 2, code: 'storage-full', message: 'full' },
  ]);
});
