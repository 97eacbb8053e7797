import { expect, test } from 'vitest';
import { Random } from '../../../src/lib/random.ts';
import { drawCandidates } from '../../../src/recommend/engine/sequential/candidates.ts';
import { gru4rec, sasrec } from '../../../src/recommend/engine/sequential/method.ts';
import { sequentialNetwork } from '../../../src/recommend/engine/sequential/network.ts';
import {
  createSequenceSteps,
  type SequenceJob,
} from '../../../src/recommend/engine/sequential/steps.ts';
import { SequenceTrainer } from '../../../src/recommend/engine/sequential/trainer.ts';
import {
  drawWindows,
  inOrder,
  type Window,
} from '../../../src/recommend/engine/sequential/windows.ts';
import type { FitProgress, Recommender } from '../../../src/recommend/recommender.ts';
import { fitContext, interactionsOf, tasteFor, type Event } from '../../support/tiny-tastes.ts';

const tiny = {
  ...{ steps: 4, units: 8, blocks: 1, heads: 2, dropout: 0 },
  ...{ epochs: 30, batchSize: 8, learningRate: 0.01, sampledItems: 0 },
};

/** Everybody goes round a ring of items, each from a place of their own: what comes next depends on the last alone. */
function ring(users: number, items: number, length: number) {
  const random = new Random(4);
  const events = Array.from({ length: users }, (_, user): Event[] => {
    const start = random.integer(items);
    return Array.from({ length }, (_, i): Event => [user, (start + i) % items, 1, 1000 + i]);
  });
  return interactionsOf(events.flat(), [users, items]);
}

const scoresOf = (model: Recommender, taste: ReturnType<typeof tasteFor>) => {
  const out = new Float32Array(model.items);
  model.score(taste, out);
  return out;
};
const best = (scores: Float32Array) => scores.indexOf(Math.max(...scores));

test('events are in the order of their times, ties and unknown times by number', () => {
  const taste = tasteFor([
    [0, 1, 5],
    [1, 1, 2],
    [2, 1],
    [3, 1, 2],
  ]);
  expect([...inOrder(taste)]).toEqual([2, 1, 3, 0]);
  expect([...inOrder(tasteFor([1, 0]))]).toEqual([0, 1]);
});

test('windows cover each sequence once, whatever the draw', () => {
  const sequences = [2, 5, 6, 23].map((length) => Uint32Array.from({ length }, (_, i) => i));
  for (let seed = 0; seed < 20; seed++) {
    const windows = drawWindows(sequences, 4, new Random(seed));
    for (const sequence of sequences) {
      const own = windows.filter((window) => window.sequence === sequence);
      const targets = own.flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, i) => sequence[from + i + 1]),
      );
      expect(targets).toEqual([...sequence.subarray(1)]);
      for (const { from, to } of own) expect(to - from).toBeLessThanOrEqual(4);
    }
  }
});

function run<T>(work: Generator<unknown, T, undefined>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Windows shorter than the room for them, so that there is padding. */
const windows: Window[] = [
  { sequence: Uint32Array.of(0, 3, 1, 2, 4), from: 0, to: 4 },
  { sequence: Uint32Array.of(2, 0, 4), from: 0, to: 2 },
];

function jobFor(kind: 'sasrec' | 'gru4rec', candidates: number, items = 5): SequenceJob {
  const units = 8;
  return {
    spec: sequentialNetwork(kind, tiny, items),
    ...{ items, units, batchSize: 2, candidates },
    frequencies: Float64Array.from({ length: items }, (_, item) => 1 + (item % 3)),
  };
}

test.each([
  ['sasrec', 5, 5],
  ['gru4rec', 5, 5],
  ['sasrec', 8, 12],
] as const)(
  '%s, %i of %i items: a step goes down the gradient that differences find',
  (kind, most, items) => {
    const job = jobFor(kind, most, items);
    const steps = createSequenceSteps(job, new Random(2));
    const start = Float32Array.from(steps.weights, (w, i) => w + 0.3 * Math.sin(i)); // large enough to matter
    const noState = {
      steps: 0,
      slots: [new Float32Array(start.length), new Float32Array(start.length)],
    };
    const lossAt = (weights: Float32Array) => {
      steps.restore(weights, noState);
      return run(steps.step(windows, 0, new Random(1)));
    };
    expect(lossAt(start)).toBeGreaterThan(0.1);
    // Adam's first moment after one step is (1 − β₁) times the gradient.
    const gradient = (steps.saveOptimizer().slots[0] ?? new Float32Array()).map((m) => m / 0.1);
    const shift = 1e-2;
    let checked = 0;
    for (let i = 0; i < start.length; i += 3) {
      const moved = (by: number) => {
        const other = start.slice();
        other[i] = (start[i] ?? 0) + by;
        return lossAt(other);
      };
      const difference = (moved(shift) - moved(-shift)) / (2 * shift);
      expect(Math.abs((gradient[i] ?? NaN) - difference), `${i}`).toBeLessThan(4e-3);
      if (Math.abs(difference) > 0.01) checked++;
    }
    expect(checked).toBeGreaterThan(30);
  },
);

test('candidates hold all targets once, and know how likely they were', () => {
  const frequencies = Float64Array.from({ length: 1000 }, (_, i) => 1000 - i);
  const total = frequencies.reduce((a, b) => a + b);
  const counts = new Float64Array(1000);
  const expected = new Float64Array(1000);
  const random = new Random(7);
  const rounds = 400;
  for (let round = 0; round < rounds; round++) {
    const targets = Array.from({ length: 40 }, () => {
      let at = random.uniform() * total;
      return frequencies.findIndex((count) => (at -= count) < 0);
    });
    const { items, shifts } = drawCandidates(targets, 200, frequencies, random);
    expect(items.length).toBeLessThanOrEqual(200);
    expect(targets.every((target) => items.includes(target))).toBe(true);
    expect(new Set(items).size).toBe(items.length);
    items.forEach((item, i) => {
      counts[item] = (counts[item] ?? 0) + 1;
      expected[item] = Math.exp(shifts[i] ?? NaN);
    });
  }
  const meanOf = (values: Float64Array, from: number) =>
    values.subarray(from, from + 100).reduce((a, b) => a + b) / 100;
  for (const from of [0, 500, 900])
    expect(meanOf(counts, from) / rounds).toBeCloseTo(meanOf(expected, from), 2);
});

test.each([
  ['sasrec', sasrec, 12, 0],
  ['gru4rec', gru4rec, 12, 0],
  ['sasrec, sampled', sasrec, 30, 12],
] as const)(
  '%s learns what follows what, and tells of each epoch',
  async (_name, method, items, sampledItems) => {
    const interactions = ring(60, items, 9);
    const epochs: number[] = [];
    const told: FitProgress[] = [];
    const context = {
      seed: 3,
      breathe: (progress: FitProgress) => Promise.resolve(void told.push(progress)),
      onEpoch: (epoch: number) => Promise.resolve(void epochs.push(epoch)),
    };
    const settings = { ...tiny, steps: 6, units: 16, batchSize: 2, sampledItems };
    const model = await method.fit(interactions, settings, context, null);
    for (let last = 0; last < items; last++) {
      const taste = tasteFor(
        [0, 1, 2].map((i): [number, number, number] => [(last + items - 2 + i) % items, 1, i]),
      );
      expect(best(scoresOf(model, taste)), `after ${last}`).toBe((last + 1) % items);
    }
    expect(epochs).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(told.at(-1)?.done).toBe(1);
    const losses = told.flatMap(({ loss }) => loss ?? []);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? NaN);
    // The same again, and after it was stored.
    const again = await method.fit(interactions, settings, fitContext(3), null);
    const taste = tasteFor([[3, 1, 1]]);
    expect(scoresOf(again, taste)).toEqual(scoresOf(model, taste));
    expect(scoresOf(method.open(structuredClone(model.save())), taste)).toEqual(
      scoresOf(model, taste),
    );
    // The last event is what counts.
    const reasons = model.reasons(
      tasteFor([
        [6, 1, 10],
        [7, 1, 20],
      ]),
      8,
    );
    expect(reasons.isExact).toBe(false);
    expect(reasons.parts[0]).toMatchObject({ kind: 'item', index: 7 });
    expect(model.similar(3, 4)).toHaveLength(4);
    expect(model.vectors()?.values).toHaveLength(items * 16);
  },
);

test('a trainer goes on where another one was, to the last bit', () => {
  const job = {
    ...jobFor('sasrec', 5),
    spec: sequentialNetwork('sasrec', { ...tiny, dropout: 0.2 }, 5),
  };
  const random = new Random(6);
  const sequences = Array.from({ length: 5 }, () =>
    Uint32Array.from({ length: 9 }, () => random.integer(5)),
  );
  const create = () => new SequenceTrainer(job, sequences, { seed: 1, learningRate: 0.01 });
  const whole = create();
  for (let i = 0; i < 17; i++) run(whole.step());
  const first = create();
  for (let i = 0; i < 8; i++) run(first.step());
  const saved = structuredClone(first.save());
  const second = create();
  second.restore(saved);
  for (let i = 8; i < 17; i++) run(second.step());
  expect(second.weights).toEqual(whole.weights);
  expect(second.epochs).toBe(whole.epochs);
  expect(second.loss).toBe(whole.loss);
});

test("it says what it can't learn from, and hears a cancel", async () => {
  const fit = (events: Event[], context = fitContext()) =>
    sasrec.fit(interactionsOf(events, [2, 3]), tiny, context, null);
  await expect(
    fit([
      [0, 1],
      [0, 2],
    ]),
  ).rejects.toThrow('sasrec: events have no times');
  await expect(
    fit([
      [0, 1, 1, 5],
      [1, 2, 1, 6],
    ]),
  ).rejects.toThrow('nobody has two events');
  const cancelled = new Error('cancelled');
  const context = { ...fitContext(), breathe: () => Promise.reject(cancelled) };
  await expect(
    fit(
      [
        [0, 1, 1, 5],
        [0, 2, 1, 6],
      ],
      context,
    ),
  ).rejects.toBe(cancelled);
  const saved = {
    method: 'sasrec',
    settings: { ...tiny, items: 3 },
    arrays: { weights: new Float32Array(5) },
  };
  expect(() => sasrec.open(saved)).toThrow('"weights" has 5 numbers');
});

test('memory grows with the items that are told apart', () => {
  const few = ring(4, 12, 6);
  const many = { ...few, items: 50_000 };
  const dense = sasrec.memory(few, tiny);
  expect(dense).toBeGreaterThan(10_000);
  expect(sasrec.memory(many, { ...tiny, sampledItems: 50_000 })).toBeGreaterThan(
    sasrec.memory(many, tiny),
  );
});
