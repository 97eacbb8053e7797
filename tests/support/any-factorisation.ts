/** Factorisations of any size for property tests, and a step of one from its formula, in float64. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type {
  FactorisationBatch,
  FactorisationJob,
} from '../../src/training/engine/kernels/factorisation/plan.ts';
import { createFactorisationSteps } from '../../src/training/engine/kernels/factorisation/steps.ts';

const count = fc.constantFrom(1, 2, 3, 5, 8, 17, 40);

/** After a step from rest, a velocity is the gradient itself. */
const optimizer = { type: 'sgd', momentum: 0.9, nesterov: false } as const;

export interface Factorisation {
  job: FactorisationJob;
  kind: 'values' | 'pairs';
  isWeighted: boolean;
}

export const factorisations: fc.Arbitrary<Factorisation> = fc
  .record({
    ...{ users: count, items: count, factors: fc.constantFrom(1, 2, 3, 4, 5, 8, 33, 64, 67) },
    batchSize: fc.constantFrom(1, 2, 9, 64, 65, 130),
    l2: fc.constantFrom(0, 0.1),
    constant: fc.constantFrom(0, 3.5),
    ...{ kind: fc.constantFrom('values' as const, 'pairs' as const), isWeighted: fc.boolean() },
  })
  .map(({ kind, isWeighted, ...job }) => ({ job: { ...job, optimizer }, kind, isWeighted }));

export function startOf({ users, items, factors }: FactorisationJob): Float32Array<ArrayBuffer> {
  const random = new Random(3);
  const length = (users + items) * (factors + 1);
  return Float32Array.from({ length }, () => random.normal() / Math.sqrt(factors));
}

export function batchOf({ job, kind, isWeighted }: Factorisation): FactorisationBatch {
  const random = new Random(5);
  const draw = (most: number) => Array.from({ length: job.batchSize }, () => random.integer(most));
  return {
    ...{ users: draw(job.users), items: draw(job.items) },
    ...(isWeighted && { weights: draw(5).map((n) => n / 2) }),
    learned: kind === 'values' ? { values: draw(5) } : { others: draw(job.items) },
  };
}

/** Σ weight · loss, and the gradient of its mean over the batch with ½ l2 Σw². */
function formulaOf(job: FactorisationJob, tables: Float32Array, batch: FactorisationBatch) {
  const { users, items, factors, l2, constant } = job;
  const gradient = Float64Array.from(tables, (w) => l2 * w);
  const biases = (users + items) * factors;
  const at = (i: number) => tables[i] ?? NaN;
  const places = (user: number, item: number) => ({
    u: user * factors,
    v: (users + item) * factors,
    userBias: biases + user,
    itemBias: biases + users + item,
  });
  const answer = (user: number, item: number) => {
    const { u, v, userBias, itemBias } = places(user, item);
    let sum = constant + at(userBias) + at(itemBias);
    for (let k = 0; k < factors; k++) sum += at(u + k) * at(v + k);
    return sum;
  };
  const add = (i: number, value: number) => (gradient[i] = (gradient[i] ?? NaN) + value);
  const addSlope = (user: number, item: number, slope: number) => {
    const { u, v, userBias, itemBias } = places(user, item);
    for (let k = 0; k < factors; k++) {
      add(u + k, slope * at(v + k));
      add(v + k, slope * at(u + k));
    }
    add(userBias, slope);
    add(itemBias, slope);
  };
  const { learned, weights } = batch;
  const n = batch.users.length;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const [user = 0, item = 0, weight = 1] = [batch.users[i], batch.items[i], weights?.[i]];
    const own = answer(user, item);
    if ('values' in learned) {
      const error = own - (learned.values[i] ?? NaN);
      loss += weight * error ** 2;
      addSlope(user, item, (2 * weight * error) / n);
    } else {
      const other = learned.others[i] ?? 0;
      const power = Math.exp(answer(user, other) - own);
      loss += weight * Math.log1p(power);
      const slope = ((weight / n) * power) / (1 + power);
      addSlope(user, item, -slope);
      addSlope(user, other, slope);
    }
  }
  return { loss, gradient };
}

/** @param found Σ weight · loss, and the velocity after one step from `startOf` */
export function expectFormula(
  example: Factorisation,
  found: { loss: number; velocity: ArrayLike<number> },
) {
  const { job } = example;
  const { loss, gradient } = formulaOf(job, startOf(job), batchOf(example));
  // Sums of products around 1, whose rounding stays where they cancel.
  const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0.1);
  expect(Math.abs(found.loss - loss), 'loss').toBeLessThan(1e-5 * (1 + loss));
  expect(found.velocity.length).toBe(gradient.length);
  const off = gradient.reduce((most, g, i) => {
    const own = Math.abs((found.velocity[i] ?? NaN) - g);
    return own <= most ? most : own;
  }, 0);
  expect(off, 'gradient').toBeLessThan(1e-5 * largest);
}

/** On WebAssembly, for factorisations of any size. */
export function expectStepsByFormula(options: { numRuns: number; seed: number }) {
  fc.assert(
    fc.property(factorisations, (example) => {
      const steps = createFactorisationSteps(example.job, startOf(example.job));
      if (!steps) throw new Error('no vectors here');
      const loss = steps.step(batchOf(example), 0.1);
      const [velocity = []] = steps.saveOptimizer().slots;
      expectFormula(example, { loss, velocity });
    }),
    options,
  );
}
