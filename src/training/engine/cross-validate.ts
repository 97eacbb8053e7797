/** Cross-validation of a table's model. Done folds are part of the checkpoint: a killed one goes on where it was. */
import type { NetworkConfig } from '../run.ts';
import { valuesOf, type Predictions } from '../../evaluate/evaluation.ts';
import { StudioError } from '../../lib/errors.ts';
import type { TrainingJob, NetworkOutcome } from '../pipeline.ts';
import type { Metrics } from '../run.ts';
import { decodeFolds, encodeFolds } from './fold-checkpoint.ts';
import { FoldProgress } from './fold-progress.ts';
import { readFoldRows } from './fold-rows.ts';
import { fitOn, type Output } from './table-fit.ts';
import { evaluate, openPredictor } from './table-predictor.ts';

/**
 * Each fold's rows are answered by a model that hasn't seen them; figures are means over the folds, as
 * scikit-learn's cross_val_score. The model that is kept is fitted on all rows. Where training stops early, every fit,
 * the last one too, holds a part of its own rows out to stop by, as scikit-learn's MLPClassifier does: so the figures
 * are those of the procedure that gives the model.
 * @throws StudioError `cancelled` where it is stopped before the last fit: folds by halves are no result; `diverged`
 * where a fold's loss is no number
 */
export async function crossValidate(
  job: TrainingJob<NetworkConfig>,
  output: Output,
): Promise<NetworkOutcome> {
  const { source, config } = job;
  const { all, folds, holdOut } = await readFoldRows(job, output);
  const resumed = job.checkpoint ? decodeFolds(job.checkpoint) : { done: [], current: null };
  const done = [...resumed.done];
  const tell = (metrics: Metrics, fold: number) =>
    job.emit({ type: 'fold', fold, folds: folds.length, metrics });
  for (const [i, { metrics }] of done.entries()) tell(metrics, i + 1);
  const progress = new FoldProgress((event) => job.emit(event), folds.length, config.epochs);
  /** A fit of its own, with its own checkpoint: what came before it is kept beside. */
  const fit = async (place: number, of: Uint32Array) => {
    const { train, validation } = holdOut(of);
    const fitted = await fitOn(
      {
        ...job,
        emit: progress.ofFit(place),
        checkpoint: place === resumed.done.length ? resumed.current : null,
        async saveCheckpoint(current) {
          await job.saveCheckpoint(encodeFolds({ done, current }));
          return { of: current, bytes: current };
        },
      },
      output,
      train,
      validation,
    );
    progress.endFit();
    return fitted;
  };
  for (const [i, fold] of folds.entries()) {
    if (i < resumed.done.length) continue;
    const { fitted, outcome } = await fit(i, fold.train);
    if (outcome === 'stopped') throw stopped();
    if (outcome === 'diverged') {
      const notice = { type: 'fold-diverged', fold: i + 1, folds: folds.length } as const;
      job.emit({ type: 'notice', notice });
      throw new StudioError(
        'diverged',
        `Fold ${i + 1} of ${folds.length} diverged: its loss is no longer a number`,
      );
    }
    const predictor = await openPredictor(fitted);
    try {
      const predictions = await predictor.predict(source, fold.test);
      const metrics = valuesOf(predictor.evaluate(predictions, `fold ${i + 1}`).metrics);
      done.push({ metrics, predictions });
      tell(metrics, i + 1);
    } finally {
      predictor.dispose();
    }
    // A full disk must not end the run, as in loop.ts.
    await job.saveCheckpoint(encodeFolds({ done, current: null })).catch(() => undefined);
    if ((await job.control.next()) === 'stop') throw stopped();
  }
  const { fitted, ...run } = await fit(folds.length, all);
  const predictions = joined(done.map((fold) => fold.predictions));
  const means = meanOf(done.map(({ metrics }) => metrics));
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

function stopped() {
  return new StudioError('cancelled', 'Cross-validation was stopped; it has no result by halves');
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
