import { afterAll, expect, test, vi } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import type { NetworkSpec } from '../../src/models/spec.ts';
import { backendOverride } from '../../src/state/backend-override.ts';
import { stayAwake } from '../../src/state/wake-lock.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import { chooseBackend, type BackendChooser } from '../../src/training/engine/choose-backend.ts';
import { findGraphics } from '../../src/training/engine/devices.ts';
import { ProbeBudget } from '../../src/training/engine/probe-budget.ts';
import { firstRows, probeBackends, type ProbeJob } from '../../src/training/engine/probe.ts';
import { memory } from '../../src/models/engine/tf.ts';
import type { BackendRate, NetworkConfig } from '../../src/training/run.ts';

afterAll(() => vi.unstubAllGlobals());

function job(hidden: number, config: Partial<NetworkConfig> = {}): ProbeJob {
  const spec: NetworkSpec = {
    inputShape: [20],
    layers: [
      { type: 'dense', units: hidden, activation: 'relu' },
      { type: 'dense', units: 3, activation: 'linear' },
    ],
  };
  return {
    spec,
    config: { ...defaultConfig(mlp, 'y'), ...config },
    train: {
      features: Float32Array.from({ length: 64 * 20 }, (_, i) => Math.sin(i)),
      width: 20,
      targets: {
        type: 'classes',
        classes: 3,
        values: Int32Array.from({ length: 64 }, (_, i) => i % 3),
      },
      weights: null,
    },
  };
}

const rates: BackendRate[] = [
  { backend: 'wasm', examplesPerSecond: 9000 },
  { backend: 'webgpu', examplesPerSecond: 4000 },
];

function chooser(webgpu: string | null, webgl: string | null = null) {
  const probe = vi.fn<BackendChooser['probe']>(() => Promise.resolve(rates));
  return { probe, graphics: () => Promise.resolve({ webgpu, webgl }) };
}

test('where there is a graphics processor the faster of it and wasm is chosen, and the figures told', async () => {
  const choices = chooser('a card');
  const [first, ...rest] = await chooseBackend(job(4000), undefined, choices);
  expect(choices.probe.mock.calls[0]?.[0]).toEqual(['webgpu', 'wasm']);
  expect(first).toEqual({ backend: 'wasm', reason: { type: 'fastest', rates } });
  expect(rest).toEqual([{ backend: 'cpu', reason: { type: 'instead', of: 'wasm' } }]);
});

test('WebGL is measured where WebGPU is absent; nothing is where there is no graphics processor', async () => {
  const webgl = chooser(null, 'a card');
  await chooseBackend(job(4000), undefined, webgl);
  expect(webgl.probe.mock.calls[0]?.[0]).toEqual(['webgl', 'wasm']);
  const none = chooser(null);
  const [first] = await chooseBackend(job(4000), undefined, none);
  expect(none.probe).not.toHaveBeenCalled();
  expect(first).toEqual({ backend: 'wasm', reason: { type: 'only' } });
});

test('a network that is too small for a graphics processor is not measured', async () => {
  const choices = chooser('a card');
  const [first] = await chooseBackend(job(4), undefined, choices);
  expect(choices.probe).not.toHaveBeenCalled();
  expect(first).toEqual({ backend: 'wasm', reason: { type: 'small' } });
});

test('few parameters that are applied at many places are much work, and measured', async () => {
  const cnn: NetworkSpec = {
    inputShape: [28, 28, 1],
    layers: [
      { type: 'convolution', size: [3, 3], filters: 16, activation: 'relu' },
      { type: 'convolution', size: [3, 3], filters: 32, activation: 'relu' },
      { type: 'global-average-pooling' },
      { type: 'dense', units: 10, activation: 'linear' },
    ],
  };
  const choices = chooser('a card');
  await chooseBackend({ ...job(4), spec: cnn }, undefined, choices);
  expect(choices.probe).toHaveBeenCalledTimes(1);
});

test('with loss scaling no graphics processor is waited for', async () => {
  const choices = chooser('a card');
  const scaled = job(4000, { lossScaling: 'dynamic' });
  const [first] = await chooseBackend(scaled, undefined, choices);
  expect(choices.probe).not.toHaveBeenCalled();
  expect(first?.backend).toBe('wasm');
});

test('the backend that the settings name is taken, with others to go on with', async () => {
  const choices = await chooseBackend(
    job(4000, { backend: 'webgl' }),
    undefined,
    chooser('a card'),
  );
  expect(choices.map(({ backend }) => backend)).toEqual(['webgl', 'wasm', 'cpu']);
  expect(choices[0]?.reason).toEqual({ type: 'asked' });
});

test('a network is measured once on a device, and again where the network or the device differs', async () => {
  const kept = new Map<string, BackendRate[]>();
  const probes = {
    find: (key: string) => Promise.resolve(kept.get(key)),
    keep: (key: string, found: BackendRate[]) => Promise.resolve(void kept.set(key, found)),
  };
  const choices = chooser('a card');
  await chooseBackend(job(4000), probes, choices);
  const [again] = await chooseBackend(job(4000), probes, choices);
  expect(again?.reason).toEqual({ type: 'fastest', rates });
  expect(choices.probe).toHaveBeenCalledTimes(1);
  await chooseBackend(job(4001), probes, choices);
  expect(choices.probe).toHaveBeenCalledTimes(2);
  const other = chooser('another card');
  await chooseBackend(job(4000), probes, other);
  expect(other.probe).toHaveBeenCalledTimes(1);
});

test('a probe counts the examples of real steps, leaves out what fails, and keeps no tensor', async () => {
  let time = 0;
  await probeBackends(['cpu'], job(8)); // starts the backend
  const before = memory().numTensors;
  const found = await probeBackends(
    ['webgl', 'cpu'],
    job(8, { batchSize: 32 }),
    () => (time += 10),
  );
  // The clock is read at the start and after 1, 2, 4, 8, 13, 14, 10 and 3 steps, until 75 ms are over; the middle of
  // what was done in 10 ms counts, but for the first third. Of answers 25 ms are over after the second.
  expect(found).toEqual([
    {
      backend: 'cpu',
      examplesPerSecond: (1000 * 10 * 32) / 10,
      answersPerSecond: (1000 * 64) / 10,
    },
  ]);
  expect(memory().numTensors).toBe(before);
});

test('a probe of backends takes two thirds of its budget at most, whatever a step takes', async () => {
  for (const ms of [0.1, 3, 10, 40]) {
    let time = 0;
    const budget = new ProbeBudget();
    await probeBackends(['cpu', 'wasm'], { ...job(8), budget }, () => (time += ms));
    expect(budget.spentMs).toBeLessThanOrEqual(200 + 2 * ms);
    expect(budget.spentMs).toBeGreaterThan(0);
  }
});

test('some rows of many are posted without the others', () => {
  const { train } = job(4);
  const some = firstRows({ ...train, weights: new Float32Array(64) }, 10);
  expect(some.targets.values).toHaveLength(10);
  for (const values of [some.features, some.targets.values, some.weights])
    expect(values?.buffer.byteLength).toBe(values?.byteLength);
  expect(firstRows(train, 64).features).toBe(train.features);
});

test('a backend that failed may do another time: it is measured again', async () => {
  const kept: string[] = [];
  const probes = {
    find: () => Promise.resolve(undefined),
    keep: (key: string) => Promise.resolve(void kept.push(key)),
  };
  for (const found of [[], rates.slice(0, 1)])
    await chooseBackend(job(4000), probes, {
      ...chooser('a card'),
      probe: () => Promise.resolve(found),
    });
  expect(kept).toEqual([]);
  await chooseBackend(job(4000), probes, chooser('a card'));
  expect(kept).toHaveLength(1);
});

test('the address names a backend, or is told which there are', () => {
  expect(backendOverride('')).toBeNull();
  expect(backendOverride('?backend=auto')).toBeNull();
  expect(backendOverride('?backend=cpu')).toBe('cpu');
  expect(() => backendOverride('?backend=cuda')).toThrow(
    new StudioError(
      'bad-config',
      'The address asks for the backend "cuda"; there are webgpu, wasm, webgl, cpu and auto',
    ),
  );
});

test('the device is kept awake during a run, and when the page is shown again', async () => {
  const release = vi.fn(() => Promise.resolve());
  const request = vi.fn(() => Promise.resolve({ release }));
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('navigator', { wakeLock: { request } });
  vi.stubGlobal('document', page);
  const maySleep = stayAwake();
  await Promise.resolve();
  expect(request).toHaveBeenCalledWith('screen');
  page.dispatchEvent(new Event('visibilitychange'));
  await Promise.resolve();
  expect(request).toHaveBeenCalledTimes(2);
  await Promise.resolve();
  maySleep();
  expect(release).toHaveBeenCalledTimes(2);
  page.dispatchEvent(new Event('visibilitychange'));
  expect(request).toHaveBeenCalledTimes(2);
  vi.stubGlobal('navigator', {});
  stayAwake()(); // a browser without wake locks
});

test('an adapter that says little of itself counts, unless it says that it is software', async () => {
  const found = async (adapter: object | null) => {
    vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
    return (await findGraphics()).webgpu;
  };
  expect(await found({ info: { vendor: 'apple', architecture: 'metal-3' } })).toBe('apple metal-3');
  expect(await found({})).toBe('unknown');
  expect(await found({ isFallbackAdapter: true })).toBeNull();
  expect(await found({ info: { vendor: 'mesa', description: 'llvmpipe' } })).toBeNull();
  expect(await found(null)).toBeNull();
});
