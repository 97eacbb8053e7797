/** Cross-validation of a table's model. Done folds are part of the checkpoint: a killed one goes on where it was. */
import type { NetworkConfig } from '../run.ts';
import { foldsOf } from '../../data/folds.ts';
import { splitRows } from '../../data/split.ts';
import { encodeClasses, fitClasses } from '../../data/target.ts';
import { valuesOf, type Predictions } from '../../evaluate/evaluation.ts';
import { StudioError } from '../../lib/errors.ts';
import type { TrainingJob, NetworkOutcome } from '../pipeline.ts';
import type { Metrics } from '../run.ts';
import { decodeFolds, encodeFolds } from './fold-checkpoint.ts';
import { fitOn, type Output } from './table-fit.ts';
import { evaluate, openPredictor } from './table-predictor.ts';

/**
 * Each fold's rows are answered by a model that hasn't seen them; figures are means over the folds, as
 * scikit-learn's cross_val_score. The model that is kept is fitted on all rows.
 */
export async function crossValidate(
  job: TrainingJob<NetworkConfig>,
  output: Output,
): Promise<NetworkOutcome> {
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
  const resumed = job.checkpoint ? decodeFolds(job.checkpoint) : { done: [], current: null };
  const done = [...resumed.done];
  for (const [i, { metrics }] of done.entries())
    job.emit({ type: 'fold', fold: i + 1, folds: folds.length, metrics });
  /** What is under way, with its own checkpoint; what came before it is kept beside. */
  const within = (checkpoint: ArrayBuffer | null): TrainingJob<NetworkConfig> => ({
    ...job,
    checkpoint,
    saveCheckpoint: (current) => job.saveCheckpoint(encodeFolds({ done, current })),
  });
  for (const [i, fold] of folds.entries()) {
    if (i < resumed.done.length) continue;
    const isResumed = i === resumed.done.length;
    const quiet: TrainingJob<NetworkConfig> = {
      ...within(isResumed ? resumed.current : null),
      emit: (event) => (event.type === 'notice' ? job.emit(event) : undefined),
    };
    const { fitted } = await fitOn(quiet, output, fold.train, new Uint32Array());
    const predictor = await openPredictor(fitted);
    try {
      const predictions = await predictor.predict(source, fold.test);
      const metrics = valuesOf(predictor.evaluate(predictions, `fold ${i + 1}`).metrics);
      done.push({ metrics, predictions });
      job.emit({ type: 'fold', fold: i + 1, folds: folds.length, metrics });
    } finally {
      predictor.dispose();
    }
    // A full disk must not end the run, as in loop.ts.
    await job.saveCheckpoint(encodeFolds({ done, current: null })).catch(() => undefined);
    if ((await job.control.next()) === 'stop')
      throw new StudioError(
        'cancelled',
        'Cross-validation was stopped; it has no result by halves',
      );
  }
  const isLast = resumed.done.length === folds.length;
  const last = within(isLast ? resumed.current : null);
  const { fitted, ...run } = await fitOn(last, output, rows, new Uint32Array());
  const kept = done.map(({ predictions }) => predictions);
  const figures = done.map(({ metrics }) => metrics);
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
