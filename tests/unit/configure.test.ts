/** Settings that contradict each other are refused before a run is made of them, and by the engine too. */
import { expect, test, vi } from 'vitest';
import type { DataSession } from '../../src/state/data-session.svelte.ts';
import type { ProjectContext } from '../../src/state/project-context.ts';
import { TrainingSession } from '../../src/state/training-session.svelte.ts';
import { Control } from '../../src/training/engine/control.ts';
import { tablePipeline } from '../../src/training/engine/table-pipeline.ts';
import {
  defaultConfig,
  linearRegression,
  logisticRegression,
} from '../../src/training/learners.ts';
import type { RunRequest } from '../../src/training/run.ts';
import { memorySource } from '../support/memory-source.ts';

vi.stubGlobal('location', { search: '' });

const source = memorySource({
  x: { type: 'number', cells: [1, 2, 3, 4, 5, 6, 7, 8] },
  y: { type: 'category', cells: 'abababab'.split(''), role: 'target' },
});

function configure(taskId: string, request: RunRequest) {
  // All that settings are made from.
  const project = { id: 'p', record: { taskId } } as unknown as ProjectContext;
  const data = { mustHave: () => source.dataSet } as unknown as DataSession;
  return new TrainingSession(project, data).configure(request);
}

const dense = { type: 'dense', units: 8, activation: 'relu' } as const;

test.each<[string, RunRequest, string]>([
  [
    'tabular-classification',
    { learner: 'lgistic-regresion' },
    'setting "learner": "lgistic-regresion" is none of logistic-regression, mlp',
  ],
  [
    'tabular-regression',
    defaultConfig(logisticRegression, 'y'),
    'setting "learner": "logistic-regression" is none of linear-regression, mlp',
  ],
  [
    'tabular-regression',
    { learner: 'mlp', solver: 'closed-form' },
    'setting "solver": "closed-form" doesn\'t solve "mlp"; expected gradient-descent',
  ],
  [
    'tabular-classification',
    { learner: 'logistic-regression', solver: 'closed-form' },
    'setting "solver": "closed-form" doesn\'t solve "logistic-regression"; expected lbfgs or gradient-descent',
  ],
  [
    'tabular-classification',
    { learner: 'logistic-regression', layers: [dense] },
    'setting "layers": "logistic-regression" has no hidden layers; expected []',
  ],
  [
    'tabular-classification',
    { learner: 'mlp', layers: [dense, { type: 'batch-norm' }], batchSize: 1 },
    'setting "batchSize": 1 won\'t do with batch norm; expected at least 2',
  ],
])('%s: %o is refused', (taskId, request, message) => {
  expect(() => configure(taskId, request)).toThrow(message);
});

test('settings that go together are taken', () => {
  expect(configure('tabular-classification', { learner: 'mlp', layers: [dense] })).toMatchObject({
    ...{ learner: 'mlp', solver: 'gradient-descent', target: 'y' },
  });
  expect(configure('tabular-regression', {})).toMatchObject({ solver: 'closed-form', layers: [] });
});

test('an engine that is given such settings refuses them too', async () => {
  const job = {
    ...{ source, control: new Control(), checkpoint: null },
    emit: () => undefined,
    saveCheckpoint: () => Promise.resolve(undefined),
  };
  const config = { ...defaultConfig(linearRegression, 'y'), layers: [dense] };
  await expect(tablePipeline('number').train({ ...job, config })).rejects.toThrow(
    'setting "layers": "linear-regression" has no hidden layers; expected []',
  );
  await expect(tablePipeline('classes').estimate({ source, config })).rejects.toThrow(
    'setting "learner": "linear-regression" is none of logistic-regression, mlp',
  );
});
