import { expect, test } from 'vitest';
import { memory, tensor1d, variable } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createOptimizer } from '../../src/training/engine/optimizer.ts';
import type { OptimizerSpec } from '../../src/training/run.ts';

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** Weights after each of three steps at rate 0.1 on f(w) = w², from w = 1. */
async function path(spec: OptimizerSpec, interrupt = false): Promise<number[]> {
  await startBackend('cpu');
  const start = tensor1d([1]);
  const weight = variable(start);
  start.dispose();
  let optimizer = createOptimizer(spec, [weight]);
  const values: number[] = [];
  for (let i = 0; i < 3; i++) {
    if (interrupt) {
      const saved = await optimizer.save();
      optimizer.dispose();
      optimizer = createOptimizer(spec, [weight]);
      optimizer.restore(saved);
    }
    const gradient = tensor1d([2 * (weight.dataSync()[0] ?? 0)]);
    optimizer.apply([gradient], 0.1);
    gradient.dispose();
    values.push(weight.dataSync()[0] ?? NaN);
  }
  optimizer.dispose();
  weight.dispose();
  return values;
}

// Worked out step by step from the papers' formulas
test.each<[string, OptimizerSpec, number[]]>([
  ['SGD', { type: 'sgd', momentum: 0, nesterov: false }, [0.8, 0.64, 0.512]],
  ['SGD with momentum', { type: 'sgd', momentum: 0.5, nesterov: false }, [0.8, 0.54, 0.302]],
  ['Nesterov', { type: 'sgd', momentum: 0.5, nesterov: true }, [0.7, 0.44, 0.248]],
  [
    'SGD with weight decay',
    { type: 'sgd', momentum: 0, nesterov: false, weightDecay: 0.5 },
    [0.75, 0.5625, 0.42188],
  ],
  [
    'RMSprop with weight decay',
    { type: 'rmsprop', decay: 0.75, epsilon: 1, weightDecay: 0.5 },
    [0.88889, 0.80179, 0.72688],
  ],
  ['RMSprop', { type: 'rmsprop', decay: 0.75, epsilon: 1e-8 }, [0.8, 0.66429, 0.55522]],
  ['Adam', { type: 'adam', ...adam }, [0.9, 0.8004, 0.7016]],
  ['AdamW', { type: 'adamw', ...adam, weightDecay: 0.5 }, [0.85, 0.70825, 0.57497]],
])('%s takes the steps that its formula says', async (_name, spec, expected) => {
  const values = await path(spec);
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 3));
  expect(await path(spec, true)).toEqual(values); // saved and restored before each step
});

test('an optimiser leaves no tensor behind', async () => {
  await startBackend('cpu');
  const before = memory().numTensors;
  await path({ type: 'adam', ...adam });
  expect(memory().numTensors).toBe(before);
});
