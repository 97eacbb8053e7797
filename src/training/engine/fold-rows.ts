/** The rows of a cross-validation: which each fold tests, and which are held out of a fit to stop it by. */
import { foldsOf, groupFolds, timeFolds, type Fold } from '../../data/folds.ts';
import type { SplitSpec } from '../../data/schema.ts';
import { defaultSplit, mustHave, splitColumns, splitRows, splitSome } from '../../data/split.ts';
import { encodeClasses, fitClasses } from '../../data/target.ts';
import type { TrainingJob } from '../pipeline.ts';
import type { NetworkConfig } from '../run.ts';
import type { Output } from './table-fit.ts';

/** Where the data's split doesn't say: scikit-learn's `validation_fraction`. */
const usualShare = 0.1;

export interface FoldRows {
  /** Every row whose target is known. */
  all: Uint32Array;
  folds: Fold[];
  /** Of the rows of one fit, those that it learns from, and those that it is stopped by; none unless it stops early. */
  holdOut: (rows: Uint32Array) => { train: Uint32Array; validation: Uint32Array };
}

/**
 * Folds keep apart what the data's split keeps apart: whole groups, or the past from what comes after it. All others
 * are dealt at random, classes in their shares.
 * @throws StudioError `bad-config` for fewer rows, groups or moments than folds
 */
export async function readFoldRows(
  { source, config }: Pick<TrainingJob<NetworkConfig>, 'source' | 'config'>,
  output: Output,
): Promise<FoldRows> {
  const { split, rows } = source.dataSet;
  const target = await source.column(config.target);
  const columns = { ...(await splitColumns(source, split)), target };
  const { seed, shuffleFolds: shuffle } = config;
  const { train: all } = splitRows(everyRow, rows, { target });
  const k = config.folds ?? 0;
  const share = heldOutShare(config, split);
  const spec = holdOutSpec(split, seed, share);
  const folds = (): Fold[] => {
    if (split.type === 'group')
      return groupFolds(all, k, mustHave(columns.column, split.column), { shuffle, seed });
    if (split.type === 'time') return timeFolds(all, k, mustHave(columns.column, split.column));
    const classes =
      output === 'classes'
        ? encodeClasses(fitClasses(config.target, target, all), target, all)
        : undefined;
    return foldsOf(all, k, { classes, shuffle, seed });
  };
  return {
    all,
    folds: folds(),
    holdOut: (of) =>
      share > 0 ? splitSome(spec, of, columns) : { train: of, validation: new Uint32Array() },
  };
}

const everyRow: SplitSpec = { type: 'random', seed: 0, validation: 0, test: 0, stratify: false };

/** Of a fit's rows: as much as the data's split holds out; 0 for a run that isn't stopped early. */
export function heldOutShare(config: NetworkConfig, split: SplitSpec): number {
  if (!config.earlyStopping || config.solver !== 'gradient-descent') return 0;
  const { validation } = split;
  return (typeof validation === 'number' && validation) || usualShare;
}

/** As the data's split has it; a column that names its parts says nothing of the rows of a fold. */
function holdOutSpec(split: SplitSpec, seed: number, validation: number): SplitSpec {
  switch (split.type) {
    case 'random':
    case 'group':
      return { ...split, seed, validation, test: 0 };
    case 'time':
      return { ...split, validation, test: 0 };
    default:
      return { ...defaultSplit, type: 'random', seed, validation, test: 0 };
  }
}
