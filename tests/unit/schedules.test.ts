import { expect, test } from 'vitest';
import type { ScheduleSpec } from '../../src/training/run.ts';
import { createSchedule } from '../../src/training/schedules.ts';

const factors = (spec: ScheduleSpec, epochs: number, at: number[]) => {
  const schedule = createSchedule(spec, epochs);
  return at.map((epoch) => schedule.factor(epoch));
};

test.each<[string, ScheduleSpec, [epoch: number, factor: number][]]>([
  [
    'constant',
    { type: 'constant' },
    [
      [0, 1],
      [7.5, 1],
    ],
  ],
  [
    'steps',
    { type: 'step', every: 3, factor: 0.5 },
    [
      [0, 1],
      [2.99, 1],
      [3, 0.5],
      [6, 0.25],
      [8.5, 0.25],
    ],
  ],
  [
    'exponential decay',
    { type: 'exponential', factor: 0.9 },
    [
      [0, 1],
      [1, 0.9],
      [2, 0.81],
      [0.5, Math.sqrt(0.9)],
    ],
  ],
  [
    'cosine',
    { type: 'cosine', warmupEpochs: 0 },
    [
      [0, 1],
      [2.5, (1 + Math.SQRT1_2) / 2],
      [5, 0.5],
      [10, 0],
    ],
  ],
  [
    'cosine after a warm-up',
    { type: 'cosine', warmupEpochs: 2 },
    [
      [1, 0.5005],
      [2, 1],
      [6, 0.5],
      [10, 0],
      [11, 0],
    ],
  ],
])('%s follows its closed form', (_name, spec, expected) => {
  const found = factors(
    spec,
    10,
    expected.map(([epoch]) => epoch),
  );
  for (const [i, [epoch, factor]] of expected.entries())
    expect(found[i], `epoch ${epoch}`).toBeCloseTo(factor, 9);
});

test('the rate is lowered where the loss stalls for as long as patience says, and saved with the run', () => {
  const spec: ScheduleSpec = { type: 'reduce-on-plateau', patience: 2, factor: 0.1 };
  const losses = [1, 0.9, 0.9, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8];
  //               best best  1  2: ↓  best  1   2: ↓  1   2: ↓
  const expected = [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001];
  let schedule = createSchedule(spec, 20);
  for (const [i, loss] of losses.entries()) {
    schedule.observe(loss);
    expect(schedule.factor(i), `after ${i + 1} losses`).toBeCloseTo(expected[i] ?? NaN, 12);
    const saved = schedule.save();
    schedule = createSchedule(spec, 20);
    schedule.restore(saved);
  }
});
