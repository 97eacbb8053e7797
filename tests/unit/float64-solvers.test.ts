/** Fits by the solvers in float64: what they minimise, how exactly, and how soon they hear that they are to stop. */
import { expect, test, vi } from 'vitest';
import { defaultSplit } from '../../src/data/split.ts';
import { Random } from '../../src/lib/random.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import type { FitJob } from '../../src/training/engine/fit-job.ts';
import { tablePipeline } from '../../src/training/engine/table-pipeline.ts';
import {
  defaultConfig,
  linearRegression,
  logisticRegression,
} from '../../src/training/learners.ts';
import type { NetworkConfig } from '../../src/training/run.ts';
import { memorySource } from '../support/memory-source.ts';

vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));

const x = Array.from({ length: 200 }, (_, i) => Math.sin(i * 1.7) + (i % 7) / 7);
const y = x.map((value, i) => 3 * value + 0.3 * Math.sin(i * 9.1));

async function train(cells: number[], changes: Partial<NetworkConfig> = {}) {
  const source = memorySource({
    x: { type: 'number', cells: x },
    y: { type: 'number', cells, role: 'target' },
  });
  return tablePipeline('number').train({
    source: { ...source, dataSet: { ...source.dataSet, split: defaultSplit } },
    config: { ...defaultConfig(linearRegression, 'y'), backend: 'cpu', ...changes },
    ...{ control: new Control(), checkpoint: null },
    emit: () => undefined,
    saveCheckpoint: () => Promise.resolve(undefined),
  });
}

test('the same l2 shrinks weights alike in closed form and by gradients', async () => {
  const slope = async (solver: 'closed-form' | 'gradient-descent') => {
    const { model } = await train(y, { solver, l2: 1, epochs: 200 });
    const divisor = model.target.type === 'number' ? model.target.divisor : NaN;
    return divisor * (new Float32Array(model.weights.bytes)[0] ?? NaN);
  };
  const exact = await slope('closed-form');
  expect((await slope('gradient-descent')) / exact).toBeCloseTo(1, 1);
});

test.each([0, 1e6, 1e8])('a target that lies at %d is learned as well as any', async (offset) => {
  const { metrics } = await train(y.map((value) => offset + value));
  expect(metrics.test?.['r2']).toBeGreaterThan(0.98);
});

/** Tells a solver to stop when it has asked so often, and how long it never asked. */
class Impatient extends Control {
  longestMs = 0;
  asked = 0;
  #last = performance.now();
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override next() {
    this.longestMs = Math.max(this.longestMs, performance.now() - this.#last);
    if (++this.asked === this.#most) this.command('stop');
    return super.next().finally(() => (this.#last = performance.now()));
  }
}

/** Eight categories of 60 values each: collinear, so that no factorisation is quick. */
function oneHot(rows: number, targets: TrainingRows['targets']): TrainingRows {
  const random = new Random(2);
  const width = 480;
  const features = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++)
    for (let c = 0; c < 8; c++) features[i * width + c * 60 + random.integer(60)] = 1;
  return { features, width, targets, weights: null };
}

function jobOf(train: TrainingRows, config: NetworkConfig, control: Control): FitJob {
  return {
    ...{ config, train, validation: null, control, checkpoint: null },
    emit: () => undefined,
    saveCheckpoint: () => Promise.resolve(undefined),
  };
}

test('the closed form hears within a moment that it is to stop, in whatever it is doing', async () => {
  const values = Float64Array.from({ length: 3000 }, (_, i) => Math.sin(i));
  const rows = oneHot(3000, { type: 'numbers', divisor: 1, values });
  const config = defaultConfig(linearRegression, 'y');
  for (const most of [2, 25]) {
    const control = new Impatient(most);
    await expect(fitModel(jobOf(rows, config, control))).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(control.asked).toBe(most);
    expect(control.longestMs).toBeLessThan(200);
  }
});

test('L-BFGS hears it within an evaluation of its objective', async () => {
  const classes = 40;
  const values = Int32Array.from({ length: 3000 }, (_, i) => i % classes);
  const rows = oneHot(3000, { type: 'classes', classes, values });
  const config = defaultConfig(logisticRegression, 'y');
  const control = new Impatient(2);
  await expect(fitModel(jobOf(rows, config, control))).rejects.toMatchObject({
    code: 'cancelled',
    message: 'Stopped before the first iteration',
  });
  expect(control.longestMs).toBeLessThan(200);
});

test('L-BFGS that is stopped later keeps what it has', async () => {
  const values = Int32Array.from({ length: 3000 }, (_, i) => ((i * i) % 7) % 2);
  const rows = oneHot(3000, { type: 'classes', classes: 2, values });
  const config = defaultConfig(logisticRegression, 'y');
  const control = new Control();
  const job = jobOf(rows, config, control);
  let epochs = 0;
  const emit: FitJob['emit'] = (event) => {
    if (event.type === 'epoch' && ++epochs === 3) control.command('stop');
  };
  const { outcome, bestEpoch } = await fitModel({ ...job, emit });
  expect([outcome, bestEpoch]).toEqual(['stopped', epochs]);
});

/** A run whose every iteration is kept, and what it told. */
async function kept(checkpoint: ArrayBuffer | null) {
  const values = Int32Array.from({ length: 300 }, (_, i) => i % 3);
  const random = new Random(6);
  const width = 5;
  // Of unlike scales, so that it takes more iterations than it remembers.
  const features = Float64Array.from({ length: 300 * width }, (_, i) => {
    const isOwn = values[Math.floor(i / width)] === i % width;
    return 4 ** (i % width) * (Number(isOwn) + random.normal());
  });
  const train: TrainingRows = {
    ...{ features, width, weights: null },
    targets: { type: 'classes', classes: 3, values },
  };
  const config = defaultConfig(logisticRegression, 'y');
  const checkpoints: ArrayBuffer[] = [];
  const told: string[] = [];
  const result = await fitModel({
    ...jobOf(train, config, new Control()),
    checkpoint,
    checkpointEveryMs: 0,
    emit(event) {
      if (event.type === 'started') told.push(`from ${event.epoch}`);
      if (event.type === 'epoch') told.push(`${event.epoch}: ${event.train['loss']}`);
    },
    saveCheckpoint(bytes) {
      checkpoints.push(bytes.slice(0));
      return Promise.resolve({ of: bytes, bytes });
    },
  });
  return { checkpoints, told, weights: [...new Uint8Array(result.weights.bytes)] };
}

test('L-BFGS goes on from any checkpoint to the same end, bit for bit', async () => {
  const whole = await kept(null);
  expect(whole.told[0]).toBe('from 0');
  expect(whole.checkpoints.length).toBeGreaterThan(15);
  for (const [i, checkpoint] of whole.checkpoints.entries()) {
    const resumed = await kept(checkpoint);
    expect(resumed.told).toEqual([`from ${i + 1}`, ...whole.told.slice(i + 2)]);
    expect(resumed.weights).toEqual(whole.weights);
  }
});

test('a checkpoint of L-BFGS that is cut off, or of something else, is called damaged', async () => {
  const { checkpoints } = await kept(null);
  const [first = new ArrayBuffer(0)] = checkpoints;
  const other = first.slice(0);
  new Uint8Array(other).fill(0, 0, 4);
  const text = first.slice(0);
  new Uint8Array(text).fill(0x20, 4, 8);
  for (const bytes of [first.slice(0, 300), first.slice(0, 2), other, text, new ArrayBuffer(0)])
    await expect(kept(bytes)).rejects.toMatchObject({ code: 'corrupt' });
});
