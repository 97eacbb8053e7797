import { beforeAll, expect, test, vi } from 'vitest';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/training/engine/checkpoint.ts';
import {
  chooseWorkers,
  probeWorkers,
  type WorkersChooser,
  type WorkersJob,
} from '../../src/training/engine/choose-workers.ts';
import { Control } from '../../src/training/engine/control.ts';
import { watchDevice } from '../../src/training/engine/device-watch.ts';
import { runLoop, type LoopJob } from '../../src/training/engine/loop.ts';
import { parseRunConfig } from '../../src/training/config-schema.ts';
import type { BackendRate, NetworkConfig, RunEvent } from '../../src/training/run.ts';
import { channelHelper } from '../support/shard-helpers.ts';
import { cases, configOf, dataOf, specOf, type Case } from '../support/tiny-network.ts';

beforeAll(() => startBackend('cpu'));

function caseOf(name: string): Case {
  const example = cases.find((one) => one.name === name);
  if (!example) throw new Error(`no case ${name}`);
  return example;
}

async function run(
  example: Case,
  averageEvery: number,
  checkpoint: ArrayBuffer | null = null,
  workers = 2,
  emit: (event: RunEvent) => void = () => undefined,
) {
  const checkpoints: ArrayBuffer[] = [];
  const network = buildNetwork(specOf(example), 3);
  const job: LoopJob = {
    network,
    backend: 'wasm',
    reason: { type: 'asked' },
    config: {
      ...configOf(example),
      batchSize: averageEvery === 1 ? 5 : 2,
      epochs: 4,
      earlyStopping: null,
    },
    l2: 0,
    ...{ train: dataOf(example), validation: null, checkpoint },
    crew: { workers, averageEvery, startHelper: channelHelper },
    control: new Control(),
    device: watchDevice('wasm'),
    emit,
    checkpointEveryMs: 0, // whenever it may be
    saveCheckpoint: (bytes) => Promise.resolve(void checkpoints.push(bytes)),
  };
  try {
    await runLoop(job);
    return { weights: new Float32Array((await network.pack()).bytes), checkpoints };
  } finally {
    network.dispose();
  }
}

test.each([
  ['dropout', 1],
  ['adamw', 1],
  ['dropout', 2],
  ['batch norm', 2],
])('%s, k = %i: a run on two workers goes on from any checkpoint bit for bit', async (name, k) => {
  const example = caseOf(name);
  const whole = await run(example, k);
  // Averages are after four batches and at an epoch's end, after six.
  expect(whole.checkpoints.length).toBeGreaterThan(k === 1 ? 8 : 6);
  for (const checkpoint of whole.checkpoints) {
    expect(decodeCheckpoint(checkpoint).state.workers).toBe(2);
    expect((await run(example, k, checkpoint)).weights).toEqual(whole.weights);
  }
});

test('workers that average tell no loss before they know one, and then the last', async () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 250)); // told after each step
  const losses: number[] = [];
  await run(caseOf('adamw'), 2, null, 2, (event) => {
    if (event.type === 'progress') losses.push(event.loss);
  });
  clock.mockRestore();
  // Of four epochs of six steps: three go by before the first average, which the fourth brings.
  expect(losses).toHaveLength(4 * 6 - 3);
  for (const loss of losses) expect(loss).toBeGreaterThan(0.1);
});

test('where one of two workers failed, what one worker makes of it says so', async () => {
  const { checkpoints } = await run(caseOf('adamw'), 1);
  const again = await run(caseOf('adamw'), 1, checkpoints[0] ?? null, 1);
  for (const bytes of again.checkpoints) expect(decodeCheckpoint(bytes).state.workers).toBe(1);
});

test('a checkpoint and settings from before there were several workers are of one', async () => {
  const { checkpoints } = await run(caseOf('adamw'), 1);
  const checkpoint = decodeCheckpoint(checkpoints[0] ?? new ArrayBuffer());
  const { workers: of, ...before } = checkpoint.state;
  expect(of).toBe(2);
  const stored = encodeCheckpoint({
    ...{ ...checkpoint, weights: [checkpoint.weights] },
    state: before as typeof checkpoint.state, // as it was written then
  });
  expect(decodeCheckpoint(stored).state.workers).toBe(1);
  const { workers, averageEvery, ...old } = configOf(caseOf('adamw'));
  expect(parseRunConfig(old)).toMatchObject({ workers, averageEvery });
  for (const wrong of [{ workers: 0 }, { workers: 1.5 }, { averageEvery: 0 }])
    expect(() => parseRunConfig({ ...old, ...wrong })).toThrow(
      `setting "${Object.keys(wrong)[0]}"`,
    );
});

const rates = (...perSecond: number[]) =>
  perSecond.map((examplesPerSecond, i): BackendRate => {
    return { backend: 'wasm', workers: 2 ** i, examplesPerSecond };
  });

function workersJob(config: Partial<NetworkConfig> = {}, name = 'adamw'): WorkersJob {
  const example = caseOf(name);
  return {
    spec: specOf(example),
    config: { ...configOf(example), batchSize: 12, ...config },
    train: dataOf(example),
    startHelper: channelHelper,
    checkpoint: null,
  };
}

function chooser(cores: number, found: BackendRate[] = rates(100, 190)) {
  return { cores, probe: vi.fn<WorkersChooser['probe']>(() => Promise.resolve(found)) };
}

test('workers are measured up to what cores and batch allow; the quickest are taken', async () => {
  const two = chooser(2);
  const choice = await chooseWorkers(workersJob(), undefined, two);
  expect(two.probe.mock.calls[0]?.[0]).toEqual([1, 2]);
  expect(choice).toEqual({ count: 2, averageEvery: 1, rates: rates(100, 190) });
  // A core is left to the page; four rows a worker are the least.
  const many = chooser(16, rates(100, 190, 200));
  expect((await chooseWorkers(workersJob(), undefined, many)).count).toBe(2); // 200 is no gain
  expect(many.probe.mock.calls[0]?.[0]).toEqual([1, 2, 3]);
  const slower = chooser(4, rates(100, 90));
  expect((await chooseWorkers(workersJob(), undefined, slower)).count).toBe(1);
});

test('where several workers cannot be or cannot be worth it, nothing is measured', async () => {
  const { startHelper, ...alone } = workersJob();
  expect(startHelper).toBeDefined();
  for (const job of [
    alone,
    workersJob({ batchSize: 7 }),
    workersJob({}, 'batch norm'),
    workersJob({ workers: 1 }),
    workersJob({ workers: 2, lossScaling: 'dynamic' }),
  ]) {
    const one = chooser(8);
    expect((await chooseWorkers(job, undefined, one)).count).toBe(1);
    expect(one.probe).not.toHaveBeenCalled();
  }
  const averaging = workersJob({ averageEvery: 4 }, 'batch norm');
  expect((await chooseWorkers(averaging, undefined, chooser(8))).count).toBe(2);
});

test('the settings decide, and what a run was begun on decides before them', async () => {
  const asked = chooser(2);
  expect(await chooseWorkers(workersJob({ workers: 3 }), undefined, asked)).toMatchObject({
    count: 3,
    rates: [],
  });
  expect((await chooseWorkers(workersJob({ workers: 64 }), undefined, asked)).count).toBe(6);
  const { checkpoints } = await run(caseOf('adamw'), 1);
  const resumed = { ...workersJob({ workers: 3 }), checkpoint: checkpoints[0] ?? null };
  expect((await chooseWorkers(resumed, undefined, asked)).count).toBe(2);
  expect(asked.probe).not.toHaveBeenCalled();
});

test('what was measured is remembered for this network and these cores', async () => {
  const kept = new Map<string, BackendRate[]>();
  const probes = {
    find: (key: string) => Promise.resolve(kept.get(key)),
    keep: (key: string, found: BackendRate[]) => Promise.resolve(void kept.set(key, found)),
  };
  const two = chooser(2);
  await chooseWorkers(workersJob(), probes, two);
  expect((await chooseWorkers(workersJob(), probes, two)).count).toBe(2);
  expect(two.probe).toHaveBeenCalledTimes(1);
  await chooseWorkers(workersJob({ batchSize: 11 }), probes, two);
  await chooseWorkers(workersJob(), probes, { ...two, cores: 3 });
  expect(two.probe).toHaveBeenCalledTimes(3);
});

test('a probe measures real steps, stops in time or where more are no faster, and leaves nothing', async () => {
  const before = memory().numTensors;
  let time = 0;
  const tick = (ms: number) => () => (time += ms);
  // Each measurement reads the clock at its begin, after each step until 60 ms are over, and at its end.
  const found = await probeWorkers([1, 2], workersJob(), tick(40));
  expect(found).toEqual([
    { backend: 'wasm', workers: 1, examplesPerSecond: (1000 * 12 * 2) / 120 },
    { backend: 'wasm', workers: 2, examplesPerSecond: (1000 * 12 * 2) / 120 },
  ]);
  const late = await probeWorkers([1, 2], workersJob(), tick(100));
  expect(late.map(({ workers }) => workers)).toEqual([1]);
  const quick = await probeWorkers([1, 2], workersJob(), tick(0.01));
  expect(quick.map(({ workers }) => workers)).toEqual([1]);
  const failing = () => {
    throw new Error('no more workers');
  };
  const broken = { ...workersJob(), startHelper: failing };
  expect(await probeWorkers([1, 2], broken, tick(40))).toHaveLength(1);
  expect(memory().numTensors).toBe(before);
});
