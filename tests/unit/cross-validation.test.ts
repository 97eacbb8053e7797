import { afterEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import { defaultSplit } from '../../src/data/split.ts';
import type { ColumnSource, SplitSpec } from '../../src/data/schema.ts';
import { Control } from '../../src/training/engine/control.ts';
import { decodeFolds } from '../../src/training/engine/fold-checkpoint.ts';
import { readFoldRows } from '../../src/training/engine/fold-rows.ts';
import { tablePipeline } from '../../src/training/engine/table-pipeline.ts';
import { defaultConfig, linearRegression, mlp } from '../../src/training/learners.ts';
import type { GivenBack, TrainingJob } from '../../src/training/pipeline.ts';
import type { NetworkConfig, RunEvent } from '../../src/training/run.ts';
import { allRows, memorySource, type ColumnInput } from '../support/memory-source.ts';

/** A device that is lost at its so manieth check, until it is started again. */
const device = vi.hoisted(() => ({ isLost: false, checks: 0, lostAt: Infinity }));
vi.mock('../../src/training/engine/backend.ts', async () => {
  const { startBackend } = await import('../support/all-on-cpu.ts');
  return {
    ...{ startBackend, startHost: startBackend },
    restartHost() {
      device.isLost = false;
      return startBackend();
    },
  };
});
vi.mock('../../src/training/engine/device-watch.ts', () => ({
  watchDevice: () => ({
    check() {
      device.isLost ||= ++device.checks === device.lostAt;
      if (device.isLost) throw new StudioError('device-lost', 'unplugged');
    },
    guard: <T>(work: Promise<T>) => work,
    stop: () => undefined,
  }),
}));
afterEach(() => (device.lostAt = Infinity));

const rows = 120;
const x = Array.from({ length: rows }, (_, i) => Math.sin(i * 1.7) + (i % 7) / 7);
const z = Array.from({ length: rows }, (_, i) => Math.cos(i * 2.3));
const noisy = x.map((value, i) => (value + 1.2 * Math.sin(i * 12.9898) > (z[i] ?? 0) ? 'a' : 'b'));

function table(target: ColumnInput, split: SplitSpec = defaultSplit, more = {}): ColumnSource {
  const source = memorySource({
    x: { type: 'number', cells: x },
    z: { type: 'number', cells: z },
    y: { role: 'target', ...target },
    ...more,
  });
  return { ...source, dataSet: { ...source.dataSet, split } };
}
const numbers = () =>
  table({ type: 'number', cells: x.map((value, i) => 3 * value - (z[i] ?? 0)) });
const classes = () => table({ type: 'category', cells: noisy });

const configOf = (changes: Partial<NetworkConfig>): NetworkConfig => ({
  ...defaultConfig(mlp, 'y'),
  ...{ backend: 'wasm', folds: 3, epochs: 4, earlyStopping: null },
  layers: [{ type: 'dense', units: 4, activation: 'tanh' }],
  ...changes,
});

function jobOf(source: ColumnSource, config: NetworkConfig, more: Partial<TrainingJob> = {}) {
  const events: RunEvent[] = [];
  const job: TrainingJob = {
    ...{ source, config, control: new Control(), checkpoint: null, checkpointEveryMs: 0 },
    emit: (event) => events.push(event),
    saveCheckpoint: (bytes): Promise<GivenBack> => Promise.resolve({ of: bytes, bytes }),
    ...more,
  };
  return { job, events };
}
const ofType = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);

test.each(['cpu', 'wasm'] as const)(
  '%s: a fold whose loss is no number ends the cross-validation as diverged and is named',
  async (backend) => {
    const config = configOf({
      ...{ backend, epochs: 60, learningRate: 30 },
      optimizer: { type: 'sgd', momentum: 0.9, nesterov: true },
    });
    const { job, events } = jobOf(numbers(), config);
    const ended = tablePipeline('number').train(job);
    await expect(ended).rejects.toMatchObject({
      code: 'diverged',
      message: 'Fold 1 of 3 diverged: its loss is no longer a number',
    });
    expect(ofType(events, 'notice').map(({ notice }) => notice)).toEqual([
      { type: 'fold-diverged', fold: 1, folds: 3 },
    ]);
    expect(ofType(events, 'fold')).toEqual([]);
  },
);

test.each(['cpu', 'wasm'] as const)(
  '%s: a device that is lost in a fold is started again, and the fold goes on to the same end',
  async (backend) => {
    const config = configOf({ backend });
    const whole = await tablePipeline('classes').train(jobOf(classes(), config).job);
    device.lostAt = device.checks + 30;
    const { job, events } = jobOf(classes(), config);
    const after = await tablePipeline('classes').train(job);
    expect(ofType(events, 'notice').map(({ notice }) => notice.type)).toEqual(['restarted']);
    expect(after.metrics).toEqual(whole.metrics);
    expect(after.model.weights.bytes).toEqual(whole.model.weights.bytes);
  },
);

test('a fold that is stopped in the middle counts nothing', async () => {
  let saves = 0;
  const control = new Control();
  const checkpoints: ArrayBuffer[] = [];
  const { job, events } = jobOf(classes(), configOf({ epochs: 3000 }), {
    control,
    saveCheckpoint: (bytes) => {
      checkpoints.push(bytes);
      if (++saves === 3) control.command('stop');
      return Promise.resolve(undefined);
    },
  });
  await expect(tablePipeline('classes').train(job)).rejects.toMatchObject({ code: 'cancelled' });
  expect(ofType(events, 'fold')).toEqual([]);
  expect(checkpoints.flatMap((bytes) => decodeFolds(bytes).done)).toEqual([]);
});

test('a cross-validation says that it began before its first fold ends, and how far all of it is', async () => {
  const clock = vi.spyOn(performance, 'now');
  let now = 0;
  clock.mockImplementation(() => (now += 50)); // progress is told every 200 ms
  const { job, events } = jobOf(classes(), configOf({ epochs: 20 }), { checkpointEveryMs: 1e9 });
  await tablePipeline('classes').train(job);
  clock.mockRestore();
  const first = events.findIndex(({ type }) => type === 'fold');
  const before = events.slice(0, first).map(({ type }) => type);
  expect(before[0]).toBe('started');
  expect(before).toContain('progress');
  expect(ofType(events, 'started')).toHaveLength(2); // the folds' and that of the model which is kept
  expect(ofType(events, 'epoch').map(({ epoch }) => epoch)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  const told = ofType(events, 'progress');
  const done = told.map((event) => event.done ?? NaN);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done[0]).toBeLessThan(0.25);
  expect(done.at(-1)).toBeGreaterThan(0.75);
  expect(done.at(-1)).toBeLessThanOrEqual(1);
  const left = told.map(({ secondsLeft }) => secondsLeft);
  expect(left[0]).toBeGreaterThan(3 * (left.at(-1) ?? 0));
});

test('where training stops early, each fit and the last one hold rows out to stop by', async () => {
  const config = configOf({
    ...{ epochs: 400, folds: 4, learningRate: 0.02, layers: [] },
    layers: defaultConfig(mlp, 'y').layers,
    earlyStopping: { patience: 15, minDelta: 0 },
  });
  const source = classes();
  const { all, folds, holdOut } = await readFoldRows({ source, config }, 'classes');
  for (const of of [...folds.map(({ train }) => train), all]) {
    const { train, validation } = holdOut(of);
    expect(validation.length).toBe(Math.round(0.15 * of.length)); // the data's own share
    expect(Uint32Array.of(...train, ...validation).sort()).toEqual(of);
    expect(holdOut(of)).toEqual({ ...holdOut(of), train, validation }); // seeded
  }
  const { job, events } = jobOf(source, config);
  const { bestEpoch, outcome } = await tablePipeline('classes').train(job);
  const epochs = ofType(events, 'epoch');
  expect(epochs.every(({ validation }) => validation)).toBe(true);
  expect(outcome).toBe('early-stopped');
  expect(epochs).toHaveLength(bestEpoch + 15);
});

test('folds keep groups whole and the past before the future, as the split of the data does', async () => {
  const group = x.map((_, i) => `patient ${Math.floor(i / 10)}`);
  const when = x.map((_, i) => (i * 37) % rows);
  const more = {
    group: { type: 'category', cells: group, role: 'ignored' },
    when: { type: 'integer', cells: when, role: 'ignored' },
  };
  const shares = { validation: 0.1, test: 0.2 };
  const stopping = configOf({ earlyStopping: { patience: 2, minDelta: 0 } });
  const read = (split: SplitSpec) =>
    readFoldRows(
      { source: table({ type: 'category', cells: noisy }, split, more), config: stopping },
      'classes',
    );
  const grouped = await read({ type: 'group', column: 'group', seed: 1, ...shares });
  for (const { train, test } of grouped.folds) {
    const inner = grouped.holdOut(train);
    const sets = [inner.train, inner.validation, test].map(
      (part) => new Set([...part].map((row) => group[row])),
    );
    expect(sets.reduce((sum, { size }) => sum + size, 0)).toBe(12);
  }
  const timed = await read({ type: 'time', column: 'when', ...shares });
  for (const { train, test } of timed.folds) {
    const inner = timed.holdOut(train);
    const spans = [inner.train, inner.validation, test].map((part) =>
      [...part].map((row) => when[row] ?? NaN),
    );
    expect(Math.max(...(spans[0] ?? []))).toBeLessThan(Math.min(...(spans[1] ?? [])));
    expect(Math.max(...(spans[1] ?? []))).toBeLessThan(Math.min(...(spans[2] ?? [])));
  }
});

test('folds are shuffled unless told otherwise: sorted rows of numbers are learned from all over', async () => {
  const cells = Array.from({ length: rows }, (_, i) => i / 30);
  const target = cells.map((value, i) => 5 * value + Math.sin(i * 7.7));
  const source = memorySource({
    v: { type: 'number', cells },
    y: { type: 'number', cells: target, role: 'target' },
  });
  const config = { ...defaultConfig(linearRegression, 'y'), folds: 5 };
  const r2 = async (changes: Partial<NetworkConfig>) => {
    const { job } = jobOf(source, { ...config, ...changes });
    return (await tablePipeline('number').train(job)).metrics.test?.['r2'] ?? NaN;
  };
  expect(await r2({})).toBeGreaterThan(0.95);
  expect(await r2({ shuffleFolds: false })).toBeLessThan(0.9);
  const { folds } = await readFoldRows({ source, config }, 'number');
  expect(Uint32Array.from(folds.flatMap(({ test }) => [...test])).sort()).toEqual(allRows(rows));
});
