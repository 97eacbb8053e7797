// Longer than other files: all of it goes wrong by the same mocks, which are hoisted.
import { parse } from 'valibot';
import { afterEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import { Random } from '../../src/lib/random.ts';
import { CheckpointNotStored } from '../../src/training/checkpoint-not-stored.ts';
import type * as Backends from '../../src/training/engine/backend.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { decodeCheckpoint, loopStateIn } from '../../src/training/engine/checkpoint.ts';
import { Control } from '../../src/training/engine/control.ts';
import type { FitJob } from '../../src/training/engine/fit-job.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import type * as Runners from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { NetworkConfig, RunEvent } from '../../src/training/run.ts';
import { runNoticeSchema } from '../../src/training/run-notice.ts';

interface Faults {
  /** Called before each step. */
  step: (backend: string, step: number) => void;
  /** Called whenever something was read from the device. */
  device: (backend: string) => void;
  /** What a sum of losses is turned into. */
  loss: (backend: string, sum: number) => number;
  restart: (backend: string) => void;
}

/** What goes wrong, and when: nothing unless a test says so. */
const faults = vi.hoisted((): Faults => ({
  step: () => undefined,
  device: () => undefined,
  loss: (_backend, sum) => sum,
  restart: () => undefined,
}));
const faultless = { ...faults };

// Graphics processors and tfjs on wasm are the browser tests'; here all of tfjs runs on its cpu backend.
vi.mock('../../src/training/engine/backend.ts', async (importActual) => {
  const { startBackend } = await importActual<typeof Backends>();
  return {
    startBackend: () => startBackend('cpu'),
    startHost: () => startBackend('cpu'),
    restartHost(backend: string) {
      faults.restart(backend);
      return startBackend('cpu');
    },
  };
});
vi.mock('../../src/training/engine/device-watch.ts', () => ({
  watchDevice: (backend: string) => ({
    check: () => faults.device(backend),
    guard: <T>(work: Promise<T>) => work,
    stop: () => undefined,
  }),
}));
vi.mock('../../src/training/engine/step-runner.ts', async (importActual) => {
  const actual = await importActual<typeof Runners>();
  return {
    async openStepRunner(job: StepJob): Promise<StepRunner> {
      // There is no WebGPU here: tfjs stands for it.
      const runner =
        job.backend === 'wasm' ? await actual.openStepRunner(job) : actual.createTensorSteps(job);
      let steps = 0;
      return {
        get unread() {
          return runner.unread;
        },
        step(...given) {
          faults.step(job.backend, ++steps);
          runner.step(...given);
        },
        async readLosses() {
          const read = await runner.readLosses();
          return read.map(({ sum, rows }) => ({ sum: faults.loss(job.backend, sum), rows }));
        },
        loadWeights: () => runner.loadWeights(),
        storeWeights: () => runner.storeWeights(),
        readWeights: () => runner.readWeights(),
        saveOptimizer: () => runner.saveOptimizer(),
        restoreOptimizer: (state) => runner.restoreOptimizer(state),
        dispose: () => runner.dispose(),
      };
    },
  };
});

afterEach(() => {
  Object.assign(faults, faultless);
  vi.restoreAllMocks();
});

const rows = 256;
const random = new Random(11);
const features = Float32Array.from({ length: rows * 5 }, () => random.normal());
const train: TrainingRows = {
  features,
  width: 5,
  targets: {
    type: 'classes',
    classes: 3,
    values: Int32Array.from({ length: rows }, (_, i) => ((features[5 * i] ?? 0) > 0 ? 1 : i % 3)),
  },
  weights: null,
};

async function fit(changes: Partial<NetworkConfig> = {}, more: Partial<FitJob> = {}) {
  const events: RunEvent[] = [];
  const { weights, outcome, backend } = await fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      layers: [
        { type: 'dense', units: 64, activation: 'tanh' },
        { type: 'dropout', rate: 0.2 },
      ],
      ...{ solver: 'gradient-descent', epochs: 4, batchSize: 256, backend: 'wasm' },
      ...{ earlyStopping: null, seed: 5 },
      ...changes,
    },
    train,
    validation: null,
    control: new Control(),
    emit: (event) => events.push(event),
    checkpoint: null,
    saveCheckpoint: () => Promise.resolve(undefined),
    checkpointEveryMs: 0,
    ...more,
  });
  return {
    outcome,
    backend,
    weights: new Float32Array(weights.bytes),
    notices: events.flatMap((event) => (event.type === 'notice' ? [event.notice] : [])),
    losses: events.flatMap((event) => (event.type === 'epoch' ? [event.train['loss'] ?? NaN] : [])),
    epochs: events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : [])),
  };
}

function farthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

/** WebAssembly refuses memories of more pages. */
function limitMemory(pages: number) {
  const grow = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, 'grow');
  const original = grow?.value as (this: WebAssembly.Memory, pages: number) => number; // as specified
  vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(function (
    this: WebAssembly.Memory,
    more,
  ) {
    if (this.buffer.byteLength / 65_536 + more > pages)
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    return original.call(this, more);
  });
}

test('where memory ends, a run computes its batches in parts, and learns what it would have learned', async () => {
  const whole = await fit();
  expect(whole.notices).toEqual([]);
  limitMemory(2);
  const parts = await fit();
  expect(parts.notices).toEqual([
    ...[128, 64].map((count) => ({
      ...{ type: 'fewer-rows', epoch: 1, backend: 'wasm', rows: count, batch: 256 },
      isApproximate: false,
    })),
  ]);
  expect([parts.outcome, parts.backend]).toEqual(['completed', 'wasm']);
  expect(farthest(parts.weights, whole.weights)).toBeLessThan(1e-5);
});

test('where not even the smallest parts fit, the next backend takes over', async () => {
  limitMemory(1);
  const { notices, backend, losses } = await fit({
    layers: [{ type: 'dense', units: 4096, activation: 'tanh' }],
  });
  // From the parts on that the caches hold.
  const rows = notices.flatMap((one) => (one.type === 'fewer-rows' ? [one.rows] : []));
  expect(rows).toEqual([42, 20, 10, 4, 2]);
  expect(notices.at(-1)).toMatchObject({
    ...{ type: 'moved', from: 'wasm', to: 'cpu', cause: 'out-of-memory' },
  });
  expect([backend, losses.length]).toEqual(['cpu', 4]);
});

test('memory that runs out in the middle costs no step: the run goes on from where it was', async () => {
  const whole = await fit({ backend: 'webgl', batchSize: 64 });
  let fails = 1;
  faults.step = (_backend, step) => {
    if (step === 7 && fails-- > 0) throw new RangeError('Array buffer allocation failed');
  };
  const after = await fit({ backend: 'webgl', batchSize: 64 });
  expect(after.notices).toMatchObject([{ type: 'fewer-rows', epoch: 2, rows: 32, batch: 64 }]);
  expect(after.epochs).toEqual([1, 2, 3, 4]);
  expect(farthest(after.weights, whole.weights)).toBeLessThan(1e-5);
});

test('a lost device is started again from the last good state, and left the second time', async () => {
  const whole = await fit({ backend: 'webgl', batchSize: 64 });
  let reads = 0;
  let isLost = false;
  faults.device = (backend) => {
    if (backend !== 'webgl') return;
    isLost ||= ++reads === 10 || reads === 14;
    if (isLost) throw new StudioError('device-lost', 'unplugged');
  };
  faults.restart = () => (isLost = false);
  const after = await fit({ backend: 'webgl', batchSize: 64 });
  expect(after.notices.map(({ type }) => type)).toEqual(['restarted', 'moved']);
  expect(after.notices[1]).toMatchObject({ from: 'webgl', to: 'wasm', cause: 'device-lost' });
  expect(after.backend).toBe('wasm');
  expect(farthest(after.weights, whole.weights)).toBeLessThan(1e-4);
});

test('a loss that is no number sends a run from a graphics processor to wasm, with the last good weights', async () => {
  const whole = await fit({ batchSize: 64 });
  let sums = 0;
  faults.loss = (backend, sum) => (backend === 'webgl' && ++sums > 9 ? NaN : sum);
  const after = await fit({ backend: 'webgl', batchSize: 64 });
  expect(after.notices).toMatchObject([
    { type: 'moved', from: 'webgl', to: 'wasm', cause: 'diverged' },
  ]);
  // From the last checkpoint that a later loss proved: in the second epoch, or at the third's start.
  expect([2, 3]).toContain(after.notices[0]?.type === 'moved' && after.notices[0].epoch);
  expect(after.outcome).toBe('completed');
  expect(farthest(after.weights, whole.weights)).toBeLessThan(1e-4);
});

/** Checkpoints of a run of four steps an epoch, one before each step. */
async function checkpointsOf(changes: Partial<NetworkConfig> = {}, more: Partial<FitJob> = {}) {
  const checkpoints: ArrayBuffer[] = [];
  const saveCheckpoint = (bytes: ArrayBuffer) => Promise.resolve(void checkpoints.push(bytes));
  const run = await fit({ batchSize: 64, ...changes }, { saveCheckpoint, ...more });
  return { ...run, checkpoints: checkpoints.map(decodeCheckpoint) };
}

test('a run that diverges on wasm ends with the last good weights, before the first epoch too', async () => {
  const first = await checkpointsOf({ learningRate: 1e30, l2: 0.1 });
  expect([first.outcome, first.notices.length]).toEqual(['diverged', 0]);
  // The newest was taken after the last loss that was a number, and nothing says that it is any good.
  expect(first.weights).toEqual(first.checkpoints.at(-2)?.weights);
  expect(first.weights.every(Number.isFinite)).toBe(true);
  let sums = 0;
  faults.loss = (_backend, sum) => (++sums > 3 ? NaN : sum);
  const early = await checkpointsOf();
  expect(early.outcome).toBe('diverged');
  const [proven] = early.checkpoints.filter(({ state }) => state.step === 2);
  expect(early.weights).toEqual(proven?.weights); // the third step's loss says that they are good
  sums = 0;
  faults.loss = (_backend, sum) => (++sums > 6 ? NaN : sum);
  const later = await checkpointsOf();
  expect(later.outcome).toBe('diverged');
  const [ended] = later.checkpoints.filter(({ state }) => state.epoch === 1);
  expect(later.weights).toEqual(ended?.weights); // the best epoch's
});

test('a run that is gone on with and diverges at once ends with the weights that it went on from', async () => {
  const saved: ArrayBuffer[] = [];
  await fit(
    { batchSize: 64 },
    { saveCheckpoint: (bytes) => Promise.resolve(void saved.push(bytes)) },
  );
  const checkpoint = saved.find((bytes) => loopStateIn(bytes).step === 3) ?? null;
  faults.loss = () => NaN;
  const { outcome, weights } = await fit({ batchSize: 64 }, { checkpoint });
  expect(outcome).toBe('diverged');
  expect(weights).toEqual(checkpoint && decodeCheckpoint(checkpoint).weights);
});

test('with a full disk a lost device costs no epoch, and the log says that nothing is stored', async () => {
  const whole = await fit({ backend: 'webgl', batchSize: 64, epochs: 12 });
  let saves = 0;
  // As workers/training/checkpoint-store.ts: bytes are given to another worker, and come back.
  const saveCheckpoint = (bytes: ArrayBuffer) => {
    const moved = structuredClone(bytes, { transfer: [bytes] });
    const full = new StudioError('storage-full', 'full');
    return ++saves <= 2
      ? Promise.resolve({ of: bytes, bytes: moved })
      : Promise.reject(new CheckpointNotStored(full, moved));
  };
  let reads = 0;
  let isLost = false;
  faults.device = (backend) => {
    isLost ||= backend === 'webgl' && ++reads === 34;
    if (isLost) throw new StudioError('device-lost', 'unplugged');
  };
  faults.restart = () => (isLost = false);
  const after = await fit({ backend: 'webgl', batchSize: 64, epochs: 12 }, { saveCheckpoint });
  const [told, restarted] = after.notices;
  expect(told).toEqual({ type: 'not-stored', epoch: 1, code: 'storage-full', message: 'full' });
  expect(restarted?.type === 'restarted' && restarted.epoch).toBeGreaterThan(4);
  expect(after.epochs).toEqual(whole.epochs);
  expect(farthest(after.weights, whole.weights)).toBeLessThan(1e-5);
});

test('a run whose backend is gone goes on with the one that is there, and says so', async () => {
  const saved: ArrayBuffer[] = [];
  const saveCheckpoint = (bytes: ArrayBuffer) => Promise.resolve(void saved.push(bytes));
  const whole = await fit({ backend: 'webgl', batchSize: 64 }, { saveCheckpoint });
  const checkpoint = saved.find((bytes) => loopStateIn(bytes).epoch === 2) ?? null;
  const after = await fit({ backend: 'wasm', batchSize: 64 }, { checkpoint });
  expect(after.notices).toEqual([
    { type: 'moved', epoch: 3, from: 'webgl', to: 'wasm', cause: 'gone', message: '' },
  ]);
  expect(parse(runNoticeSchema, after.notices[0])).toEqual(after.notices[0]);
  expect([after.backend, ...after.epochs]).toEqual(['wasm', 3, 4]);
  expect(farthest(after.weights, whole.weights)).toBeLessThan(1e-4);
});

test('a run that is gone on with stays where it was, and computes in parts where it did', async () => {
  limitMemory(3);
  const checkpoints: ArrayBuffer[] = [];
  const whole = await fit(
    { batchSize: 200 },
    { saveCheckpoint: (bytes) => Promise.resolve(void checkpoints.push(bytes)) },
  );
  expect(whole.notices).toMatchObject([{ type: 'fewer-rows', rows: 100 }]);
  vi.restoreAllMocks();
  const middle = checkpoints[Math.floor(checkpoints.length / 2)] ?? null;
  const again = await fit({ batchSize: 200 }, { checkpoint: middle });
  expect(again.notices).toEqual([]);
  expect(again.weights).toEqual(whole.weights); // to the last bit
});
