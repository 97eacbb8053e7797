/** The pipeline of every task on tables: split, prepare, fit, evaluate. A task says what its model answers with. */
import { assertLearner } from '../assert-learner.ts';
import { tableLearners } from '../learners.ts';
import { networkConfigOf, type NetworkConfig, type RunConfig } from '../run.ts';
import { splitColumns, splitRows } from '../../data/split.ts';
import { valuesOf } from '../../evaluate/evaluation.ts';
import type { Pipeline, TrainingJob, NetworkOutcome } from '../pipeline.ts';
import { crossValidate } from './cross-validate.ts';
import { estimateTable } from './table-estimate.ts';
import { fitOn, type Output } from './table-fit.ts';
import { openPredictor } from './table-predictor.ts';

export function tablePipeline(output: Output): Pipeline<NetworkOutcome> {
  const configOf = (given: RunConfig): NetworkConfig => {
    const config = networkConfigOf(given);
    assertLearner(config, tableLearners[output]);
    return config;
  };
  return {
    async train(given) {
      const job = { ...given, config: configOf(given.config) };
      return job.config.folds === null ? trainOnSplit(job, output) : crossValidate(job, output);
    },
    estimate: async (request) =>
      estimateTable({ ...request, config: configOf(request.config) }, output),
    open: openPredictor,
  };
}

async function trainOnSplit(
  job: TrainingJob<NetworkConfig>,
  output: Output,
): Promise<NetworkOutcome> {
  const { source, config } = job;
  const { split } = source.dataSet;
  const target = await source.column(config.target);
  const columns = { ...(await splitColumns(source, split)), target };
  const parts = splitRows(split, source.dataSet.rows, columns);
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
