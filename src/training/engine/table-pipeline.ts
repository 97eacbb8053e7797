/** The pipeline of every task on tables: split, prepare, fit, evaluate. A task says what its model answers with. */
import { buildFeatures, completeRows, vectorsOf } from '../../data/features.ts';
import { fitPreparation } from '../../data/fit-preparation.ts';
import type { FittedPreparation, FittedTarget } from '../../data/preparation.ts';
import type { ColumnSource } from '../../data/schema.ts';
import { foldsOf, splitRows } from '../../data/split.ts';
import { encodeClasses, encodeNumbers, fitClasses, fitNumber } from '../../data/target.ts';
import type { Answer } from '../../evaluate/answer.ts';
import { evaluateClasses } from '../../evaluate/evaluate-classes.ts';
import { evaluateNumbers } from '../../evaluate/evaluate-numbers.ts';
import { valuesOf, type Evaluation, type Predictions } from '../../evaluate/evaluation.ts';
import { StudioError } from '../../lib/errors.ts';
import { buildNetwork, type Network } from '../../models/engine/network.ts';
import type {
  FittedModel,
  Pipeline,
  Predictor,
  TrainingJob,
  TrainingOutcome,
} from '../pipeline.ts';
import type { Metrics, RunConfig } from '../run.ts';
import { startBackend } from './backend.ts';
import type { TrainingRows } from './batches.ts';
import { fitModel } from './fit.ts';
import { baselineOf } from './objective.ts';
import { outputsOn, probabilitiesOf } from './predict.ts';

type Output = 'classes' | 'number';

export function tablePipeline(output: Output): Pipeline {
  return {
    train: (job) =>
      job.config.folds === null ? trainOnSplit(job, output) : crossValidate(job, output),
    open: openPredictor,
  };
}

async function trainOnSplit(job: TrainingJob, output: Output): Promise<TrainingOutcome> {
  const { source, config } = job;
  const { split } = source.dataSet;
  const target = await source.column(config.target);
  const column = 'column' in split ? await source.column(split.column) : undefined;
  const parts = splitRows(split, source.dataSet.rows, { target, column });
  const { fitted, ...run } = await fitOn(job, output, parts.train, parts.validation);
  const predictor = await openPredictor(fitted);
  try {
    const scored = async (rows: Uint32Array, on: string) => {
      const predictions = await predictor.predict(source, rows);
      return { predictions, evaluation: predictor.evaluate(predictions, on) };
    };
    const test = parts.test.length > 0 ? await scored(parts.test, 'test split') : null;
    const validation =
      parts.validation.length > 0 ? await scored(parts.validation, 'validation split') : null;
    const train = await scored(sampleOf(parts.train), 'train split');
    return {
      ...run,
      model: fitted,
      metrics: {
        train: valuesOf(train.evaluation.metrics),
        ...(validation && { validation: valuesOf(validation.evaluation.metrics) }),
        ...(test && { test: valuesOf(test.evaluation.metrics) }),
      },
      evaluation: test?.evaluation ?? null,
      predictions: test?.predictions ?? null,
    };
  } finally {
    predictor.dispose();
  }
}

/** Train figures are of at most so many rows, evenly drawn. */
const scoredTrainRows = 50_000;

function sampleOf(rows: Uint32Array): Uint32Array {
  const step = Math.max(1, rows.length / scoredTrainRows);
  return Uint32Array.from(
    { length: Math.min(rows.length, scoredTrainRows) },
    (_, i) => rows[Math.floor(i * step)] ?? 0,
  );
}

/**
 * Each fold's rows are answered by a model that hasn't seen them; figures are means over the folds, as
 * scikit-learn's cross_val_score. The model that is kept is fitted on all rows.
 */
async function crossValidate(job: TrainingJob, output: Output): Promise<TrainingOutcome> {
  const { source, config } = job;
  const target = await source.column(config.target);
  const { train: rows } = splitRows(
    { type: 'random', seed: 0, validation: 0, test: 0, stratify: false },
    source.dataSet.rows,
    { target },
  );
  const classes =
    output === 'classes'
      ? encodeClasses(fitClasses(config.target, target, rows), target, rows)
      : undefined;
  const folds = foldsOf(rows, config.folds ?? 0, {
    classes,
    shuffle: config.shuffleFolds,
    seed: config.seed,
  });
  const figures: Metrics[] = [];
  const kept: Predictions[] = [];
  for (const [i, fold] of folds.entries()) {
    const quiet: TrainingJob = {
      ...job,
      emit: () => undefined,
      checkpoint: null,
      saveCheckpoint: () => Promise.resolve(),
    };
    const { fitted } = await fitOn(quiet, output, fold.train, new Uint32Array());
    const predictor = await openPredictor(fitted);
    try {
      const predictions = await predictor.predict(source, fold.test);
      const metrics = valuesOf(predictor.evaluate(predictions, `fold ${i + 1}`).metrics);
      figures.push(metrics);
      kept.push(predictions);
      job.emit({ type: 'fold', fold: i + 1, folds: folds.length, metrics });
    } finally {
      predictor.dispose();
    }
    if ((await job.control.next()) === 'stop')
      throw new StudioError(
        'cancelled',
        'Cross-validation was stopped; it has no result by halves',
      );
  }
  const { fitted, ...run } = await fitOn(job, output, rows, new Uint32Array());
  const predictions = joined(kept);
  const means = meanOf(figures);
  return {
    ...run,
    model: fitted,
    metrics: { validation: means, test: means },
    evaluation:
      predictions &&
      evaluate(fitted.target, predictions, `${folds.length}-fold cross-validation`, config.seed),
    predictions,
  };
}

function meanOf(figures: readonly Metrics[]): Metrics {
  const names = Object.keys(figures[0] ?? {}).filter((name) =>
    figures.every((metrics) => name in metrics),
  );
  return Object.fromEntries(
    names.map((name) => [
      name,
      figures.reduce((sum, metrics) => sum + (metrics[name] ?? 0), 0) / figures.length,
    ]),
  );
}

/** Answers of all folds as one; null where folds knew different classes. */
function joined(parts: readonly Predictions[]): Predictions | null {
  const [first] = parts;
  if (!first) return null;
  const rows = Uint32Array.from(parts.flatMap((part) => [...part.rows]));
  if (first.type === 'numbers') {
    const numbers = parts.filter((part) => part.type === 'numbers');
    return {
      type: 'numbers',
      rows,
      actual: Float64Array.from(numbers.flatMap((part) => [...part.actual])),
      predicted: Float64Array.from(numbers.flatMap((part) => [...part.predicted])),
    };
  }
  const classes = parts.filter((part) => part.type === 'classes');
  if (classes.some((part) => part.classes.join('\u0000') !== first.classes.join('\u0000')))
    return null;
  return {
    type: 'classes',
    classes: first.classes,
    rows,
    actual: Int32Array.from(classes.flatMap((part) => [...part.actual])),
    probabilities: Float32Array.from(classes.flatMap((part) => [...part.probabilities])),
  };
}

async function fitOn(
  job: TrainingJob,
  output: Output,
  trainRows: Uint32Array,
  validationRows: Uint32Array,
) {
  const { source, config } = job;
  const vector = (name: string) => source.column(name);
  const preparation = await fitPreparation(source, trainRows);
  const targetVector = await source.column(config.target);
  const rows = await completeRows(preparation, vector, trainRows);
  if (rows.length === 0)
    throw new StudioError('bad-config', 'Every train row lacks a cell that must not be missing');
  const target: FittedTarget =
    output === 'classes'
      ? fitClasses(config.target, targetVector, rows)
      : fitNumber(config.target, targetVector, rows, {
          scaled: config.solver === 'gradient-descent',
        });
  const part = (of: Uint32Array) => trainingRows(source, preparation, target, of, config);
  const train = await part(rows);
  const checked = await completeRows(preparation, vector, validationRows);
  const validation = checked.length > 0 ? await part(checked) : null;
  const baseline = baselineOf(train.targets, (validation ?? train).targets);
  const { spec, weights, ...run } = await fitModel({
    ...job,
    emit: (event) => job.emit(event.type === 'started' ? { ...event, baseline } : event),
    train,
    validation: validation && { ...validation, weights: null },
  });
  return { ...run, fitted: { spec, weights, preparation, target } satisfies FittedModel };
}

/** Features and targets of the rows whose target is known. */
async function trainingRows(
  source: ColumnSource,
  preparation: FittedPreparation,
  target: FittedTarget,
  rows: Uint32Array,
  config: RunConfig,
): Promise<TrainingRows> {
  const vector = await source.column(config.target);
  const width = preparation.featureNames.length;
  // Float64 for the solvers in float64; a device takes float32 anyway.
  const features = (count: number) =>
    config.solver === 'gradient-descent'
      ? new Float32Array(count * width)
      : new Float64Array(count * width);
  const build = (of: Uint32Array) =>
    buildFeatures(preparation, (name) => source.column(name), of, features(of.length));
  if (target.type === 'classes') {
    const known = rows.filter(
      (_row, i) => (encodeClasses(target, vector, rows.subarray(i, i + 1))[0] ?? -1) >= 0,
    );
    const values = encodeClasses(target, vector, known);
    return {
      features: await build(known),
      width,
      targets: { type: 'classes', classes: target.classes.length, values },
      weights: config.classWeights === 'balanced' ? balancedWeights(target, values) : null,
    };
  }
  const all = encodeNumbers(target.column, vector, rows);
  const known = rows.filter((_row, i) => Number.isFinite(all[i]));
  const values = all.filter(Number.isFinite).map((y) => (y - target.offset) / target.divisor);
  return {
    features: await build(known),
    width,
    targets: { type: 'numbers', divisor: target.divisor, values },
    weights: null,
  };
}

/** n / (classes · rows of the class), as scikit-learn's "balanced". */
function balancedWeights(
  { classes, counts }: Extract<FittedTarget, { type: 'classes' }>,
  values: Int32Array,
): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weights = counts.map((count) => total / (classes.length * Math.max(1, count)));
  return Float32Array.from(values, (value) => weights[value] ?? 1);
}

async function openPredictor(model: FittedModel): Promise<Predictor> {
  await startBackend('cpu');
  const network: Network = buildNetwork(model.spec, 0);
  network.load(model.weights);
  const { preparation, target } = model;
  const width = preparation.featureNames.length;

  const outputsFor = async (
    vector: Parameters<typeof buildFeatures>[1],
    rows: Uint32Array,
  ): Promise<Float32Array> => {
    const features = new Float32Array(rows.length * width);
    await buildFeatures(preparation, vector, rows, features);
    const all = Uint32Array.from(rows, (_, i) => i);
    const outputs = await outputsOn(network, features, width, all);
    return target.type === 'classes' ? probabilitiesOf(outputs, target.classes.length) : outputs;
  };

  const answers = async (vector: Parameters<typeof buildFeatures>[1], count: number) => {
    const all = Uint32Array.from({ length: count }, (_, i) => i);
    const complete = new Set(await completeRows(preparation, vector, all));
    const outputs = await outputsFor(vector, all);
    return Array.from(all, (row): Answer =>
      complete.has(row)
        ? answerOf(target, outputs, row)
        : { type: 'unanswered', reason: 'a cell that must not be missing is missing' },
    );
  };

  return {
    answer(rows) {
      const vectors = vectorsOf(preparation, rows);
      return answers((name) => Promise.resolve(vectors.get(name)), rows.length);
    },
    answerTable: (source) => answers((name) => source.column(name), source.dataSet.rows),
    async predict(source, rows) {
      const all = rows ?? Uint32Array.from({ length: source.dataSet.rows }, (_, i) => i);
      const vector = (name: string) => source.column(name);
      const complete = await completeRows(preparation, vector, all);
      return predictionsOf(
        target,
        complete,
        await source.column(target.column),
        await outputsFor(vector, complete),
      );
    },
    evaluate: (predictions, on) => evaluate(target, predictions, on, 1),
    dispose: () => network.dispose(),
  };
}

function answerOf(target: FittedTarget, outputs: Float32Array, row: number): Answer {
  if (target.type === 'number')
    return { type: 'number', value: (outputs[row] ?? NaN) * target.divisor + target.offset };
  const { classes } = target;
  const probabilities = outputs.subarray(row * classes.length, (row + 1) * classes.length);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return {
    type: 'class',
    value: classes[best] ?? '',
    probabilities: Object.fromEntries(classes.map((name, k) => [name, probabilities[k] ?? 0])),
  };
}

function predictionsOf(
  target: FittedTarget,
  rows: Uint32Array,
  vector: Awaited<ReturnType<ColumnSource['column']>>,
  outputs: Float32Array,
): Predictions {
  if (target.type === 'classes')
    return {
      type: 'classes',
      classes: target.classes,
      rows,
      actual: encodeClasses(target, vector, rows),
      probabilities: outputs,
    };
  return {
    type: 'numbers',
    rows,
    actual: encodeNumbers(target.column, vector, rows),
    predicted: Float64Array.from(outputs, (value) => value * target.divisor + target.offset),
  };
}

function evaluate(
  target: FittedTarget,
  predictions: Predictions,
  on: string,
  seed: number,
): Evaluation {
  if (predictions.type === 'classes')
    return evaluateClasses(predictions, {
      on,
      trainCounts: target.type === 'classes' ? target.counts : [],
      seed,
    });
  return evaluateNumbers(predictions, {
    on,
    trainMean: target.type === 'number' ? target.mean : NaN,
    seed,
  });
}
