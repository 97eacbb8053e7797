import { afterEach, expect, test, vi, type MockInstance } from 'vitest';
import type * as Backends from '../../src/training/engine/backend.ts';
import type * as Checkpointers from '../../src/training/engine/checkpointer.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import type * as Runners from '../../src/training/engine/step-runner.ts';
import type { StepJob } from '../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { RunEvent } from '../../src/training/run.ts';

const counts = vi.hoisted(() => ({ refusals: 1 }));
const disposals = vi.hoisted((): MockInstance[] => []);
afterEach(() => vi.restoreAllMocks());

vi.mock('../../src/training/engine/backend.ts', async (importActual) => {
  const { startBackend } = await importActual<typeof Backends>();
  return { startBackend, startHost: () => startBackend('cpu'), restartHost: startBackend };
});
vi.mock('../../src/training/engine/step-runner.ts', async (importActual) => {
  const actual = await importActual<typeof Runners>();
  return {
    ...actual,
    async openStepRunner(job: StepJob) {
      const runner = await actual.openStepRunner(job);
      const dispose = vi.spyOn(runner, 'dispose');
      disposals.push(dispose);
      return runner;
    },
  };
});
vi.mock('../../src/training/engine/checkpointer.ts', async (importActual) => {
  const actual = await importActual<typeof Checkpointers>();
  return {
    Checkpointer: class extends actual.Checkpointer {
      constructor(...given: ConstructorParameters<typeof actual.Checkpointer>) {
        if (counts.refusals-- > 0) throw new RangeError('Array buffer allocation failed');
        super(...given);
      }
    },
  };
});

test('a run that is refused memory for its checkpoints closes what it opened, and goes on with less', async () => {
  const events: RunEvent[] = [];
  const { outcome } = await fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      layers: [{ type: 'dense', units: 8, activation: 'tanh' }],
      ...{ epochs: 2, batchSize: 64, backend: 'wasm', earlyStopping: null },
    },
    train: {
      features: Float32Array.from({ length: 64 * 3 }, (_, i) => Math.sin(i)),
      width: 3,
      targets: {
        type: 'numbers',
        divisor: 1,
        values: Float64Array.from({ length: 64 }, (_, i) => i % 5),
      },
      weights: null,
    },
    validation: null,
    control: new Control(),
    emit: (event) => events.push(event),
    checkpoint: null,
    saveCheckpoint: () => Promise.resolve(undefined),
  });
  expect(outcome).toBe('completed');
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event.notice] : []));
  expect(notices).toMatchObject([{ type: 'fewer-rows', rows: 32 }]);
  expect(disposals.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});
