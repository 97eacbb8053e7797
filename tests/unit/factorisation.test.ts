import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type {
  FactorisationBatch,
  FactorisationJob,
} from '../../src/training/engine/kernels/factorisation/plan.ts';
import { createFactorisationSteps } from '../../src/training/engine/kernels/factorisation/steps.ts';
import { expectStepsByFormula } from '../support/any-factorisation.ts';

test('a step of any size goes down the gradient of its formula', () => {
  expectStepsByFormula({ numRuns: 200, seed: 9 });
});

const job: FactorisationJob = {
  ...{ users: 7, items: 5, factors: 6, batchSize: 12, l2: 0.01, constant: 3.5 },
  optimizer: { type: 'sgd', momentum: 0, nesterov: false },
};
const count = (job.users + job.items) * (job.factors + 1);
const random = new Random(3);
const start = Float32Array.from({ length: count }, () => random.normal() / 2);
const column = (most: number) => Array.from({ length: 12 }, () => random.integer(most));
const weights = Array.from({ length: 12 }, () => 0.5 + random.uniform());

const batches: Record<string, FactorisationBatch> = {
  values: {
    ...{ users: column(7), items: column(5), weights },
    learned: { values: Array.from({ length: 12 }, () => 1 + random.integer(5)) },
  },
  pairs: { ...{ users: column(7), items: column(5), weights }, learned: { others: column(5) } },
};

/** The loss that a step goes down on, in float64, from its definition. */
function lossAt(tables: Float64Array, { users, items, learned }: FactorisationBatch): number {
  const { factors, constant, l2 } = job;
  const answer = (user: number, item: number) => {
    let sum = constant;
    for (let k = 0; k < factors; k++)
      sum +=
        (tables[user * factors + k] ?? NaN) * (tables[(job.users + item) * factors + k] ?? NaN);
    const biases = (job.users + job.items) * factors;
    return sum + (tables[biases + user] ?? NaN) + (tables[biases + job.users + item] ?? NaN);
  };
  let total = 0;
  for (let i = 0; i < users.length; i++) {
    const own = answer(users[i] ?? 0, items[i] ?? 0);
    const loss =
      'values' in learned
        ? (own - (learned.values[i] ?? 0)) ** 2
        : Math.log1p(Math.exp(answer(users[i] ?? 0, learned.others[i] ?? 0) - own));
    total += (weights[i] ?? 1) * loss;
  }
  return total / users.length + (l2 / 2) * tables.reduce((sum, w) => sum + w * w, 0);
}

test.each(['values', 'pairs'])(
  '%s: a step goes down the gradient that differences find',
  (name) => {
    const batch = batches[name];
    const steps = createFactorisationSteps(job, start);
    if (!steps || !batch) throw new Error('no vectors here');
    const tables = Float64Array.from(start);
    const penalty = (job.l2 / 2) * tables.reduce((sum, w) => sum + w * w, 0);
    const rate = 0.1;
    const loss = steps.step(batch, rate);
    expect(loss / 12 + penalty).toBeCloseTo(lossAt(tables, batch), 4);
    const shift = 1e-5;
    for (let i = 0; i < count; i++) {
      const moved = (by: number) => {
        const other = tables.slice();
        other[i] = (tables[i] ?? 0) + by;
        return lossAt(other, batch);
      };
      const difference = (moved(shift) - moved(-shift)) / (2 * shift);
      const gradient = ((start[i] ?? 0) - (steps.tables[i] ?? 0)) / rate;
      expect(Math.abs(gradient - difference), `${i}`).toBeLessThan(2e-5);
    }
  },
);

test('Adam recovers a matrix of rank two from some of its values', () => {
  const [users, items, factors] = [40, 30, 4];
  const draw = new Random(1);
  const [p, q] = [users, items].map((n) => Array.from({ length: 2 * n }, () => draw.normal()));
  if (!p || !q) throw new Error('unreachable');
  const value = (u: number, i: number) =>
    (p[2 * u] ?? 0) * (q[2 * i] ?? 0) + (p[2 * u + 1] ?? 0) * (q[2 * i + 1] ?? 0);
  const cells = Array.from({ length: users * items }, (_, i) => i);
  draw.shuffle(cells);
  const [seen, unseen] = [cells.slice(0, 900), cells.slice(900)];
  const steps = createFactorisationSteps(
    {
      ...{ users, items, factors, batchSize: 900, l2: 1e-5, constant: 0 },
      optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    },
    Float32Array.from({ length: (users + items) * (factors + 1) }, () => draw.normal() / 10),
  );
  if (!steps) throw new Error('no vectors here');
  const batch: FactorisationBatch = {
    users: seen.map((cell) => Math.floor(cell / items)),
    items: seen.map((cell) => cell % items),
    learned: { values: seen.map((cell) => value(Math.floor(cell / items), cell % items)) },
  };
  for (let i = 0; i < 1500; i++) steps.step(batch, 0.02);
  const { tables } = steps;
  let [squares, spread] = [0, 0];
  for (const cell of unseen) {
    const [u, i] = [Math.floor(cell / items), cell % items];
    let answer =
      (tables[(users + items) * factors + u] ?? 0) +
      (tables[(users + items) * factors + users + i] ?? 0);
    for (let k = 0; k < factors; k++)
      answer += (tables[u * factors + k] ?? 0) * (tables[(users + i) * factors + k] ?? 0);
    squares += (answer - value(u, i)) ** 2;
    spread += value(u, i) ** 2;
  }
  expect(Math.sqrt(squares / spread)).toBeLessThan(0.1);
});
