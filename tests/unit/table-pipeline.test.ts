import { expect, test } from 'vitest';
import type { ColumnSource, DataSet, SplitSpec } from '../../src/data/schema.ts';
import { linearTerms } from '../../src/models/linear-terms.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { summaryOf } from '../../src/models/layer-summary.ts';
import { parameterCount } from '../../src/models/spec-schema.ts';
import { Control } from '../../src/training/engine/control.ts';
import { tablePipeline } from '../../src/training/engine/table-pipeline.ts';
import {
  defaultConfig,
  linearRegression,
  logisticRegression,
  mlp,
} from '../../src/training/learners.ts';
import type { TrainingJob } from '../../src/training/pipeline.ts';
import type { NetworkConfig, RunEvent } from '../../src/training/run.ts';
import { importSample } from '../support/table-files.ts';

function job(source: ColumnSource, config: NetworkConfig): TrainingJob & { events: RunEvent[] } {
  const events: RunEvent[] = [];
  return {
    source,
    config,
    control: new Control(),
    emit: (event) => {
      if (event.type === 'notice') console.log(event.notice);
      events.push(event);
    },
    checkpoint: null,
    saveCheckpoint: () => Promise.resolve(undefined),
    events,
  };
}

/** The sample with this target, on cpu, split as the data set says unless told otherwise. */
async function sample(file: string, target: string, split?: SplitSpec): Promise<ColumnSource> {
  const { source } = await importSample(file);
  const dataSet: DataSet = {
    ...source.dataSet,
    columns: source.dataSet.columns.map((column) =>
      column.name === target ? { ...column, role: 'target' } : column,
    ),
    ...(split && { split }),
  };
  return { dataSet, column: (name) => source.column(name) };
}

const classes = tablePipeline('classes');
const numbers = tablePipeline('number');

test.each([
  ['sklearn-iris.csv', 'class', 0.96],
  ['sklearn-wine_data.csv', 'class', 0.9832],
  ['sklearn-breast_cancer.csv', 'class', 0.9807],
  ['sklearn-digits8x8.csv', 'feature_65', 0.9204],
])(
  '%s: the pipeline cross-validates to scikit-learn within .01',
  async (file, target, expected) => {
    // As the references are: in the order of the file.
    const unshuffled = { folds: 5, shuffleFolds: false };
    const config = { ...defaultConfig(logisticRegression, target), ...unshuffled };
    const { metrics, evaluation } = await classes.train(job(await sample(file, target), config));
    expect(Math.abs((metrics.test?.['accuracy'] ?? 0) - expected)).toBeLessThan(0.01);
    expect(evaluation?.on).toBe('5-fold cross-validation');
  },
);

test('a linear model has one loss, whichever solver finds it', async () => {
  const source = await sample('sklearn-diabetes.csv', 'target');
  const best = async (solver: 'closed-form' | 'gradient-descent') => {
    const config = {
      ...defaultConfig(linearRegression, 'target'),
      solver,
      backend: 'cpu' as const,
    };
    const run = job(source, { ...config, epochs: 200, batchSize: 64, earlyStopping: null });
    await numbers.train(run);
    const losses = run.events.flatMap((one) => (one.type === 'epoch' ? one.train['loss'] : []));
    return Math.min(...losses.map((loss) => loss ?? NaN));
  };
  const exact = await best('closed-form');
  expect(exact).toBeLessThan(1); // of a target of deviation 1
  expect((await best('gradient-descent')) / exact).toBeCloseTo(1, 1);
});

test('OLS on diabetes: R² .5177 on all rows, and .4823 by cross-validation', async () => {
  const everything: SplitSpec = {
    type: 'random',
    seed: 1,
    validation: 0,
    test: 0,
    stratify: false,
  };
  const source = await sample('sklearn-diabetes.csv', 'target', everything);
  const config = defaultConfig(linearRegression, 'target');
  const { metrics, model } = await numbers.train(job(source, config));
  expect(metrics.train?.['r2']).toBeCloseTo(0.5177, 3);
  const terms = linearTerms(model, model.weights.bytes);
  expect(terms?.outputs[0]?.intercept).toBeCloseTo(152.1335, 3);
  const folded = await numbers.train(job(source, { ...config, folds: 5, shuffleFolds: false }));
  expect(folded.metrics.test?.['r2']).toBeCloseTo(0.4823, 2);
});

test("an MLP tells the penguins' species, leaks nothing, and beats its baseline", async () => {
  const source = await sample('penguins.csv', 'species');
  const config: NetworkConfig = { ...defaultConfig(mlp, 'species'), backend: 'cpu', epochs: 40 };
  const run = job(source, config);
  await classes.open((await classes.train(run)).model).then((p) => p.dispose());
  const before = memory().numTensors;
  const again = job(source, config);
  const { metrics, evaluation, backend } = await classes.train(again);
  expect(backend).toBe('cpu');
  expect(metrics.test?.['accuracy']).toBeGreaterThanOrEqual(0.95);
  expect(evaluation?.metrics['accuracy']?.baseline).toBeLessThan(0.5);
  expect(memory().numTensors).toBe(before);
  const curve = (events: RunEvent[]) =>
    events.flatMap((e) => (e.type === 'epoch' ? [e.train['loss'], e.validation?.['loss']] : []));
  expect(curve(run.events).length).toBeGreaterThan(20);
  expect(curve(again.events)).toEqual(curve(run.events)); // to the last bit
});

test('a run that is killed goes on from its checkpoint to the same curve, bit for bit', async () => {
  const source = await sample('penguins.csv', 'species');
  const config: NetworkConfig = {
    ...defaultConfig(mlp, 'species'),
    backend: 'cpu',
    epochs: 6,
    layers: [
      { type: 'dense', units: 8, activation: 'relu' },
      { type: 'dropout', rate: 0.2 },
      { type: 'batch-norm' },
    ],
  };
  const checkpoints: ArrayBuffer[] = [];
  const whole = {
    ...job(source, config),
    checkpointEveryMs: 0, // after every step
    saveCheckpoint: (bytes: ArrayBuffer) => {
      checkpoints.push(bytes);
      return Promise.resolve(undefined);
    },
  };
  const { model } = await classes.train(whole);
  for (const at of [1, 9, checkpoints.length - 1]) {
    const checkpoint = checkpoints[at] ?? null;
    const resumed = job(source, config);
    const again = await classes.train({ ...resumed, checkpoint });
    expect(new Float32Array(again.model.weights.bytes)).toEqual(
      new Float32Array(model.weights.bytes),
    );
    const epochs = (events: RunEvent[]) => events.filter(({ type }) => type === 'epoch');
    const validation = (events: RunEvent[]) =>
      epochs(events).map((e) => (e.type === 'epoch' ? e.validation?.['loss'] : 0));
    const left = validation(resumed.events);
    expect(left).toEqual(validation(whole.events).slice(-left.length));
  }
});

test('a cross-validation that is killed goes on in the fold where it was, bit for bit', async () => {
  const source = await sample('penguins.csv', 'species');
  const config: NetworkConfig = {
    ...defaultConfig(mlp, 'species'),
    backend: 'cpu',
    epochs: 2,
    folds: 3,
    layers: [{ type: 'dense', units: 4, activation: 'tanh' }],
  };
  const checkpoints: { bytes: ArrayBuffer; folds: number }[] = [];
  const whole = job(source, config);
  const folds = (events: RunEvent[]) => events.filter(({ type }) => type === 'fold');
  const complete = await classes.train({
    ...whole,
    checkpointEveryMs: 0,
    saveCheckpoint: (bytes: ArrayBuffer) => {
      checkpoints.push({ bytes, folds: folds(whole.events).length });
      return Promise.resolve(undefined);
    },
  });
  const inEachFold = [0, 1, 2, 3].map((done) => checkpoints.filter(({ folds }) => folds === done));
  for (const ofFold of inEachFold) {
    const middle = ofFold[Math.floor(ofFold.length / 2)];
    expect(middle).toBeDefined();
    const resumed = job(source, config);
    const again = await classes.train({ ...resumed, checkpoint: middle?.bytes ?? null });
    expect(folds(resumed.events)).toEqual(folds(whole.events));
    expect(again.metrics).toEqual(complete.metrics);
    expect(again.predictions).toEqual(complete.predictions);
    expect(again.model.weights.bytes).toEqual(complete.model.weights.bytes);
  }
  const damaged = checkpoints[0]?.bytes.slice(0, 40) ?? null;
  await expect(classes.train({ ...job(source, config), checkpoint: damaged })).rejects.toThrow(
    'The checkpoint of this cross-validation is damaged',
  );
});

test('the network that is told before a run is the one that the run trains', async () => {
  const source = await sample('penguins.csv', 'species');
  const config: NetworkConfig = {
    ...defaultConfig(mlp, 'species'),
    ...{ backend: 'cpu', epochs: 1 },
    layers: [{ type: 'dense', units: 8, activation: 'relu' }, { type: 'batch-norm' }],
  };
  const estimate = await classes.estimate({ source, config });
  const { model } = await classes.train(job(source, config));
  expect(estimate?.network).toEqual(summaryOf(model.spec));
  expect(estimate?.network.inputShape).toEqual([model.preparation.featureNames.length]);
  expect(estimate?.parameters).toBe(parameterCount(model.spec));
});

test('the MLP reads digits: .95 on the test split', { timeout: 120_000 }, async () => {
  const source = await sample('sklearn-digits8x8.csv', 'feature_65');
  const config: NetworkConfig = { ...defaultConfig(mlp, 'feature_65'), backend: 'cpu', epochs: 25 };
  const { metrics } = await classes.train(job(source, config));
  expect(metrics.test?.['accuracy']).toBeGreaterThanOrEqual(0.95);
});

test('the predictor answers loose rows as it answered the table', async () => {
  const source = await sample('penguins.csv', 'species');
  const { model, predictions } = await classes.train(
    job(source, defaultConfig(logisticRegression, 'species')),
  );
  const predictor = await classes.open(model);
  if (predictions?.type !== 'classes') throw new Error('no classes');
  const row = predictions.rows[0] ?? 0;
  const cells: Record<string, string | number | null> = {};
  for (const { name } of source.dataSet.columns) {
    const vector = await source.column(name);
    cells[name] =
      vector.kind === 'number'
        ? (vector.values[row] ?? null)
        : vector.kind === 'code'
          ? (vector.dictionary[vector.codes[row] ?? -1] ?? null)
          : null;
  }
  const [answer] = await predictor.answer([cells]);
  if (answer?.type !== 'class') throw new Error('no class');
  expect(answer.probabilities['Adelie']).toBeCloseTo(predictions.probabilities[0] ?? NaN, 6);
  predictor.dispose();
});
