/** Fits a model on some rows of a table: preparation, target and features of those rows alone, then the solver. */
import { buildFeatures, completeRows } from '../../data/features.ts';
import { fitPreparation } from '../../data/fit-preparation.ts';
import type { FittedPreparation, FittedTarget } from '../../data/preparation.ts';
import type { ColumnSource } from '../../data/schema.ts';
import { encodeClasses, encodeNumbers, fitClasses, fitNumber } from '../../data/target.ts';
import { StudioError } from '../../lib/errors.ts';
import type { FittedModel, TrainingJob } from '../pipeline.ts';
import type { NetworkConfig } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import { fitModel } from './fit.ts';
import { baselineOf } from './objective.ts';

/** What the model of a table answers with. */
export type Output = 'classes' | 'number';

/** @throws StudioError `bad-config` where no train row is complete */
export async function fitOn(
  job: TrainingJob<NetworkConfig>,
  output: Output,
  trainRows: Uint32Array,
  validationRows: Uint32Array,
) {
  const { preparation, target, train, part } = await prepare(job, output, trainRows);
  const vector = (name: string) => job.source.column(name);
  const checked = await part(await completeRows(preparation, vector, validationRows));
  // Rows of classes that no train row has can't be measured.
  const validation = checked.targets.values.length > 0 ? checked : null;
  const { earlyStopping, solver } = job.config;
  if (!validation && earlyStopping && solver === 'gradient-descent' && !job.checkpoint)
    job.emit({ type: 'notice', notice: { type: 'unvalidated' } });
  const baseline = baselineOf(train.targets, (validation ?? train).targets);
  const { spec, weights, ...run } = await fitModel({
    ...job,
    emit: (event) => job.emit(event.type === 'started' ? { ...event, baseline } : event),
    train,
    validation: validation && { ...validation, weights: null },
  });
  return { ...run, fitted: { spec, weights, preparation, target } satisfies FittedModel };
}

/** Preparation and target fitted on rows, and what is trained on. @throws StudioError as `fitOn` */
export async function prepare(
  { source, config }: Pick<TrainingJob<NetworkConfig>, 'source' | 'config'>,
  output: Output,
  trainRows: Uint32Array,
) {
  const preparation = await fitPreparation(source, trainRows);
  if (preparation.featureNames.length === 0) throw withoutFeatures(preparation);
  const targetVector = await source.column(config.target);
  const rows = await completeRows(preparation, (name) => source.column(name), trainRows);
  if (rows.length === 0)
    throw new StudioError('bad-config', 'Every train row lacks a cell that must not be missing');
  const target: FittedTarget =
    output === 'classes'
      ? fitClasses(config.target, targetVector, rows)
      : fitNumber(config.target, targetVector, rows);
  const part = (of: Uint32Array) => trainingRows(source, preparation, target, of, config);
  return { preparation, target, part, train: await part(rows) };
}

/** Of columns that hold nothing; nothing can be learned from them, and no network has no inputs. */
function withoutFeatures({ columns }: FittedPreparation) {
  const names = columns.map(({ column }) => `"${column}"`).join(', ');
  return new StudioError(
    'bad-config',
    `Nothing to learn from: every cell of ${names} is missing in the train rows. Use another column as a feature, or give missing cells a category of their own`,
  );
}

/** Features and targets of the rows whose target is known. */
async function trainingRows(
  source: ColumnSource,
  preparation: FittedPreparation,
  target: FittedTarget,
  rows: Uint32Array,
  config: NetworkConfig,
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
    const all = encodeClasses(target, vector, rows);
    const known = rows.filter((_row, i) => (all[i] ?? -1) >= 0);
    const values = all.filter((value) => value >= 0);
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
