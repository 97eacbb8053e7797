/** Starting, holding and going on with runs, against a worker of the test's own. */
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { DataSet } from '../../src/data/schema.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { EstimateQuery, TrainingApi } from '../../src/rpc/contracts.ts';
import type { WorkerClient } from '../../src/rpc/worker-client.ts';
import type { DataSession } from '../../src/state/data-session.svelte.ts';
import { openStore } from '../../src/state/store.ts';
import { TrainDraft } from '../../src/state/train-draft.svelte.ts';
import { TrainingSession } from '../../src/state/training-session.svelte.ts';
import type { ControlCommand } from '../../src/training/control.ts';
import {
  defaultConfig,
  linearRegression,
  logisticRegression,
} from '../../src/training/learners.ts';
import type { RunEvent } from '../../src/training/run.ts';
import type { RunRecord } from '../../src/training/run-record.ts';
import { runRecord } from '../support/run-record.ts';

beforeAll(() => {
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'hidden' }));
  vi.stubGlobal('location', { search: '' });
});
afterAll(() => vi.unstubAllGlobals());

let databases = 0;

/** A project that learns `taskId`, with these runs stored. */
async function studio({ taskId = 'tabular-classification', runs = [] as RunRecord[] } = {}) {
  const store = await openStore(`training session ${databases++}`);
  for (const run of runs) await store.runs.put(run);
  const commands: ControlCommand[] = [];
  /** Runs that the worker was told to train, and how each ends. */
  const trained: { runId: string; resume: boolean; tell: (...events: RunEvent[]) => void }[] = [];
  let end: (error?: StudioError) => void = () => undefined;
  const estimated: EstimateQuery[] = [];
  const api: TrainingApi = {
    estimate: (query) => {
      estimated.push(query);
      return Promise.resolve(null);
    },
    async train({ runId, resume }, onEvents) {
      trained.push({ runId, resume, tell: (...events) => onEvents(events) });
      await new Promise<void>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
      });
      await store.runs.put({ ...(await store.runs.get(runId)), status: 'completed' });
      return { outcome: 'completed', metrics: {}, modelVersion: null };
    },
    control(command) {
      // As the worker: what comes before its run is lost.
      if (trained.length > 0) commands.push(command);
    },
  };
  // Of a client this asks nothing else.
  const client = {
    call: (use: (api: TrainingApi) => unknown) => Promise.resolve(use(api)),
    close: () => end(new StudioError('cancelled', 'Stopped')),
  } as unknown as WorkerClient<TrainingApi>;
  const target = { name: 'y', type: 'category', role: 'target' };
  const dataSet = { digest: 'd', columns: [target] } as unknown as DataSet;
  let setTarget: DataSession['setTarget'] = () => Promise.resolve();
  const data = {
    mustHave: () => dataSet,
    setTarget: (column: string) => setTarget(column),
    items: null,
    users: null,
  } as unknown as DataSession;
  const project = {
    ...{ id: 'p', record: { taskId }, store, isReadOnly: false },
    mustWrite: (): void => undefined,
    save: () => Promise.resolve(),
  };
  // As much of a project's record as a session asks for.
  const session = new TrainingSession(project as never, data, client);
  await session.reload();
  return {
    ...{ session, store, commands, trained, estimated, project },
    end: (error?: StudioError) => end(error),
    setTargetBy: (by: typeof setTarget) => (setTarget = by),
  };
}

test('of two runs that are asked for at once one starts, and the other leaves nothing behind', async () => {
  const { session, store, trained, end } = await studio();
  const first = session.train();
  expect(session.isStarting).toBe(true);
  await expect(session.train()).rejects.toMatchObject({ code: 'busy' });
  await vi.waitFor(() => expect(trained).toHaveLength(1));
  await expect(session.train()).rejects.toThrow('is still going');
  end();
  expect((await first).status).toBe('completed');
  expect(await store.runs.list('p')).toHaveLength(1);
});

test('a run whose signal is aborted before it has begun is not made', async () => {
  const { session, store, trained, setTargetBy } = await studio();
  const early = session.train({}, { signal: AbortSignal.abort() });
  await expect(early).rejects.toMatchObject({ code: 'cancelled' });
  const controller = new AbortController();
  setTargetBy(() => {
    controller.abort();
    return Promise.resolve();
  });
  const during = session.train({ target: 'y' }, { signal: controller.signal });
  await expect(during).rejects.toMatchObject({ code: 'cancelled' });
  const late = new AbortController();
  const put = store.runs.put.bind(store.runs);
  store.runs.put = async (run) => {
    await put(run);
    late.abort();
  };
  await expect(session.train({}, { signal: late.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect([trained, await store.runs.list('p'), session.live]).toEqual([[], [], null]);
  expect(session.isStarting).toBe(false);
});

test('a run that is aborted as it starts is stopped by its worker', async () => {
  const { session, commands, trained, end } = await studio();
  const controller = new AbortController();
  const run = session.train({}, { signal: controller.signal });
  await vi.waitFor(() => expect(session.live?.status).toBe('starting'));
  controller.abort();
  expect([trained.length, commands, session.live?.status]).toEqual([1, ['stop'], 'stopping']);
  end();
  await run;
});

test('a pause that is told late does not hide that the run is being stopped', async () => {
  const { session, trained, end } = await studio();
  const run = session.train();
  await vi.waitFor(() => expect(trained).toHaveLength(1));
  await session.live?.control('stop');
  trained[0]?.tell({ type: 'paused' });
  expect(session.live?.status).toBe('stopping');
  trained[0]?.tell({ type: 'resumed' });
  expect(session.live?.status).toBe('stopping');
  end();
  await run;
});

test('an estimate goes by what was measured before unless told otherwise, and is refused during a run', async () => {
  const { session, trained, estimated, end } = await studio();
  await session.estimate({ learner: 'mlp' });
  await session.estimate({ learner: 'mlp', batchSize: 7 }, { remeasure: true });
  await session.estimate({ learner: 'logistic-regression' }, { remeasure: true }); // nothing to measure
  expect(estimated).toMatchObject([
    { projectId: 'p', dataSet: 'd', config: { learner: 'mlp' }, remeasure: false },
    { config: { batchSize: 7 }, remeasure: true },
  ]);
  const run = session.train();
  await vi.waitFor(() => expect(trained).toHaveLength(1));
  const again = session.estimate({ learner: 'mlp' }, { remeasure: true });
  await expect(again).rejects.toMatchObject({ code: 'busy' });
  expect(estimated).toHaveLength(2);
  end();
  await run;
});

test('a tab that only reads says of a run that it is another tab’s', async () => {
  const { session, project } = await studio({ runs: [runRecord()] });
  expect(session.runs[0]?.status).toBe('interrupted');
  project.isReadOnly = true;
  await session.reload();
  expect([session.runs[0]?.status, session.interrupted]).toEqual(['elsewhere', []]);
});

test('a tab that only reads renames and deletes no run', async () => {
  const { session, store, project } = await studio({ runs: [runRecord()] });
  project.mustWrite = () => {
    throw new StudioError('busy', 'open in another tab');
  };
  await expect(session.rename('run', 'another')).rejects.toMatchObject({ code: 'busy' });
  await expect(session.delete('run')).rejects.toMatchObject({ code: 'busy' });
  expect((await store.runs.get('run')).name).toBe('brisk-otter');
});

test('why a run failed is known when the project is opened again', async () => {
  const error = { code: 'out-of-memory', message: 'Memory ran out' };
  const { session } = await studio({
    runs: [
      runRecord({ status: 'failed', error }),
      runRecord({ id: 'b', createdAt: 2, status: 'failed', error: { code: 'odd', message: '?' } }),
    ],
  });
  expect(session.runs.map((run) => run.error)).toEqual([
    new StudioError('out-of-memory', 'Memory ran out'),
    new StudioError('internal', '?'),
  ]);
});

test('a failed run with a checkpoint is gone on with; without one there is nothing to go on from', async () => {
  const error = { code: 'device-lost', message: 'gone' };
  const failed = runRecord({ status: 'failed', error, checkpoint: 'c' });
  const { session, store, trained, end } = await studio({
    runs: [failed, runRecord({ id: 'b', createdAt: 2, status: 'failed', error })],
  });
  expect(session.runs.map(({ canResume }) => canResume)).toEqual([true, false]);
  await expect(session.resume('b')).rejects.toMatchObject({ code: 'bad-config' });
  const run = session.resume('run');
  await vi.waitFor(() => expect(trained).toMatchObject([{ runId: 'run', resume: true }]));
  // So that a tab which is closed now goes on with it when it is opened again.
  expect(await store.runs.get('run')).toMatchObject({ status: 'running', error: null });
  end();
  expect((await run).status).toBe('completed');
  expect(session.runs[0]?.error).toBeNull();
});

test('a failed run keeps its checkpoint, unless its bytes are damaged', async () => {
  const runs = [runRecord({ checkpoint: 'c' })];
  const { session, store, trained, end } = await studio({ runs });
  const failing = async (error: StudioError) => {
    const { length } = trained;
    const run = session.resume('run');
    await vi.waitFor(() => expect(trained).toHaveLength(length + 1));
    end(error);
    await expect(run).rejects.toBe(error);
    return (await store.runs.get('run')).checkpoint;
  };
  expect(await failing(new StudioError('device-lost', 'gone'))).toBe('c');
  expect(await failing(new StudioError('corrupt', 'damaged'))).toBeNull();
  expect(session.runs[0]?.canResume).toBe(false);
});

test('a project that is closed leaves its run as one that can be gone on with', async () => {
  const { session, store, trained } = await studio();
  const run = session.train();
  await vi.waitFor(() => expect(trained).toHaveLength(1));
  session.close();
  await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  expect((await store.runs.list('p'))[0]?.status).toBe('running');
});

test('settings of a run are used again but for its target, and only by a task that has its learner', async () => {
  const { session, project } = await studio();
  const draft = new TrainDraft(session);
  const before = { ...defaultConfig(logisticRegression, 'another'), l2: 0.5 };
  expect(draft.canReuse(before)).toBe(true);
  draft.reuse(before);
  expect('target' in draft.changes).toBe(false);
  expect(draft.config).toMatchObject({ target: 'y', l2: 0.5 });
  expect(draft.canReuse(defaultConfig(linearRegression, 'y'))).toBe(false);
  expect(draft.canReuse({ learner: 'ease', seed: 1, settings: {} })).toBe(false);
  // The project became one of another task: what was chosen for a learner of the one before is left out.
  project.record.taskId = 'tabular-regression';
  expect(draft.config).toMatchObject({ learner: 'linear-regression', l2: 0, target: 'y' });
  draft.set({ l2: 0.1 });
  expect(draft.changes).toMatchObject({ learner: 'linear-regression', l2: 0.1 });
});

test('settings that won’t do can be given up, whatever is wrong with them', async () => {
  const { session } = await studio();
  const draft = new TrainDraft(session);
  draft.set({ learner: 'mlp', seed: 0.5 });
  expect([draft.config, draft.error?.code]).toEqual([null, 'bad-config']);
  draft.reset();
  expect([draft.error, draft.isChanged]).toEqual([null, false]);
});

test('a learner that the task does not have is refused by its name', async () => {
  const { session } = await studio({ taskId: 'tabular-regression' });
  await expect(session.train({ learner: 'logistic-regression' })).rejects.toThrow(
    'setting "learner": "logistic-regression" is none of linear-regression, mlp',
  );
});
