import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { Control } from '../../src/training/engine/control.ts';
import { watchDevice } from '../../src/training/engine/device-watch.ts';
import { runLoop } from '../../src/training/engine/loop.ts';
import { Board } from '../../src/training/engine/parallel/board.ts';
import {
  createParallelSteps,
  type ParallelOptions,
} from '../../src/training/engine/parallel/parallel-steps.ts';
import type { FromShard, ToShard } from '../../src/training/engine/parallel/protocol.ts';
import type { StepJob } from '../../src/training/engine/steps.ts';
import type { HelperPort } from '../../src/training/helper-port.ts';
import { failed } from '../support/shard-helpers.ts';
import { cases, configOf, dataOf, everyRow, specOf } from '../support/tiny-network.ts';

beforeAll(() => startBackend('cpu'));
afterEach(() => vi.useRealTimers());

const byMessages = { averageEvery: 1, isShared: false };

const several = (options: ParallelOptions) => async (job: StepJob) => {
  const runner = await createParallelSteps(job, options);
  if (!runner) throw new Error('several workers are refused');
  return runner;
};

function tinyJob(name: string) {
  const example = cases.find((one) => one.name === name);
  if (!example) throw new Error(`no case ${name}`);
  const network = buildNetwork(specOf(example), 3);
  const job: StepJob = {
    ...{ network, backend: 'wasm', config: configOf(example), l2: 0, train: dataOf(example) },
  };
  return { network, job };
}

/** A helper that answers as it is told. */
function actor(answer: (message: ToShard, say: (message: FromShard) => void) => void) {
  const ended = vi.fn<() => void>();
  const helper: HelperPort & { ended: typeof ended } = {
    ...{ onmessage: null, onerror: null, onmessageerror: null, ended },
    terminate: () => ended(),
    postMessage: (message) =>
      answer(message as ToShard, (data) => {
        setTimeout(() => helper.onmessage?.({ data } as MessageEvent));
      }),
  };
  return helper;
}

test('a helper that cannot be started is told of, and none of the others is left', async () => {
  const { network, job } = tinyJob('adamw');
  const helpers: ReturnType<typeof actor>[] = [];
  const startHelper = () => {
    const isGood = helpers.length === 0;
    const helper = actor((_, say) =>
      say(isGood ? { type: 'ready' } : { type: 'failed', message: 'no room' }),
    );
    helpers.push(helper);
    return helper;
  };
  await expect(
    createParallelSteps(job, { ...byMessages, workers: 3, startHelper }),
  ).rejects.toThrow("A further worker can't be started: no room");
  expect(helpers).toHaveLength(2);
  for (const { ended } of helpers) expect(ended).toHaveBeenCalledTimes(1);
  network.dispose();
});

test('a helper that fails in the middle fails the step', async () => {
  const { network, job } = tinyJob('adamw');
  const says = actor(({ type }, say) => {
    if (type === 'start') say({ type: 'ready' });
    if (type === 'share') say({ type: 'failed', message: 'out of memory' });
  });
  const byWord = await several({ ...byMessages, workers: 2, startHelper: () => says })(job);
  await byWord.loadWeights();
  byWord.step(everyRow, 0.1, new Random(1));
  await expect(byWord.pending).rejects.toThrow('A helper of this run failed: out of memory');

  const failsInPlace = actor((message, say) => {
    if (message.type !== 'start' || !message.board) throw new Error('no board');
    new Board(message.board.shape, 1, message.board.buffer).fail();
    say({ type: 'ready' });
  });
  const inPlace = {
    ...{ averageEvery: 1, isShared: true, workers: 2, startHelper: () => failsInPlace },
  };
  const byBoard = await several(inPlace)(job);
  await byBoard.loadWeights();
  expect(() => byBoard.step(everyRow, 0.1, new Random(1))).toThrow('a helper of this run failed');
  network.dispose();
});

/** Comes up, and then says nothing. */
const silent = () =>
  actor(({ type }, say) => (type === 'start' ? say({ type: 'ready' }) : undefined));

test('a helper that never starts, or never answers, fails in time', async () => {
  const { network, job } = tinyJob('adamw');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const never = actor(() => undefined);
  const starting = createParallelSteps(job, {
    ...{ ...byMessages, workers: 2, startHelper: () => never },
  });
  const refused = expect(starting).rejects.toThrow('A further worker doesn’t start');
  await vi.advanceTimersByTimeAsync(31_000);
  await refused;
  expect(never.ended).toHaveBeenCalledTimes(1);

  const opening = several({ ...byMessages, workers: 2, startHelper: silent })(job);
  await vi.advanceTimersByTimeAsync(10);
  const runner = await opening;
  await runner.loadWeights();
  runner.step(everyRow, 0.1, new Random(1));
  const failing = expect(runner.pending).rejects.toThrow('doesn’t answer any more');
  await vi.advanceTimersByTimeAsync(11_000);
  await failing;
  runner.dispose();
  network.dispose();
});

test('an error of a helper ends with it, and what can not be read is told', async () => {
  const { network, job } = tinyJob('adamw');
  const helper = actor(({ type }, say) => (type === 'start' ? say({ type: 'ready' }) : undefined));
  const preventDefault = vi.fn();
  const event = Object.assign(failed('its script broke'), { preventDefault });
  const starting = createParallelSteps(job, {
    ...{ ...byMessages, workers: 2 },
    startHelper: () => {
      const broken = actor(() => setTimeout(() => broken.onerror?.(event)));
      return broken;
    },
  });
  await expect(starting).rejects.toThrow('its script broke');
  expect(preventDefault).toHaveBeenCalledTimes(1); // else the page's worker has it too

  const runner = await several({ ...byMessages, workers: 2, startHelper: () => helper })(job);
  await runner.loadWeights();
  runner.step(everyRow, 0.1, new Random(1));
  helper.onerror?.(event);
  await expect(runner.pending).rejects.toThrow('A helper of this run failed: its script broke');
  expect(preventDefault).toHaveBeenCalledTimes(2);
  runner.step(everyRow, 0.1, new Random(1));
  helper.onmessageerror?.({} as MessageEvent);
  await expect(runner.pending).rejects.toThrow('what it says can’t be read');
  runner.dispose();
  network.dispose();
});

test('a run that waits for a helper hears Stop', async () => {
  const { network, job } = tinyJob('adamw');
  const control = new Control();
  const run = runLoop({
    ...{ ...job, reason: { type: 'asked' }, validation: null, checkpoint: null, control },
    crew: { workers: 2, averageEvery: 1, startHelper: silent },
    device: watchDevice('wasm'),
    emit: ({ type }) => {
      if (type === 'started') setTimeout(() => control.command('stop'), 50);
    },
    saveCheckpoint: () => Promise.resolve(undefined),
  });
  const before = performance.now();
  expect((await run).outcome).toBe('stopped');
  expect(performance.now() - before).toBeLessThan(2000);
  network.dispose();
});
