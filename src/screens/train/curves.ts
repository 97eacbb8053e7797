/** The lines of a chart of runs: train and validation of each, and what answering without learning scores. */
import type { RunSession } from '../../state/run-session.svelte.ts';
import type { EpochRecord } from '../../training/run.ts';
import type { LineSeries } from '../../ui/charts/line-series.ts';

interface CurveLabels {
  train: (run: string) => string;
  validation: (run: string) => string;
  baseline: string;
}

interface CurveLooks {
  labels: CurveLabels;
  /** By the run's id. */
  colours: ReadonlyMap<string, number>;
  /** Absent: every run. */
  isShown?: (run: RunSession) => boolean;
}

export function curvesOf(
  runs: readonly RunSession[],
  metric: string,
  { labels, colours, isShown = () => true }: CurveLooks,
): LineSeries[] {
  const series: LineSeries[] = [];
  for (const run of runs.filter(isShown)) {
    const { id, name } = run.record;
    const colour = colours.get(id) ?? 0;
    const train = pointsOf(run, 'train', metric);
    const validation = pointsOf(run, 'validation', metric);
    if (train.length > 0)
      series.push({
        id: `${id} train`,
        label: labels.train(name),
        points: train,
        colour,
        dashed: true,
        ...(validation.length > 0 && { legend: '' }),
      });
    if (validation.length > 0)
      series.push({
        id: `${id} validation`,
        label: labels.validation(name),
        legend: name,
        points: validation,
        colour,
      });
  }
  const baseline = baselineOf(runs.findLast(isShown), metric);
  const last = Math.max(1, ...runs.map((run) => run.epochs.at(-1)?.epoch ?? 1));
  if (baseline !== null && series.length > 0)
    series.push({
      id: 'baseline',
      label: labels.baseline,
      points: [
        { x: 1, y: baseline },
        { x: last, y: baseline },
      ],
      colour: 7,
      dashed: true,
    });
  return series;
}

interface Line {
  points: { x: number; y: number }[];
  /** Epochs that have a point, or none to give. */
  seen: number;
  last: EpochRecord | undefined;
}

/** Of runs on the page: of one that ends thousands of epochs a second only the new ones are gone through. */
const lines = new WeakMap<RunSession, Map<string, Line>>();

function pointsOf(run: RunSession, part: 'train' | 'validation', metric: string): Line['points'] {
  const { epochs } = run;
  const ofRun = lines.get(run) ?? new Map<string, Line>();
  lines.set(run, ofRun);
  const key = `${part} ${metric}`;
  let line = ofRun.get(key);
  // A run that is gone on with may have lost its last epochs.
  if (!line || (line.seen > 0 && epochs[line.seen - 1] !== line.last))
    line = { points: [], seen: 0, last: undefined };
  for (const epoch of epochs.slice(line.seen)) {
    const y = epoch[part]?.[metric];
    if (y !== undefined) line.points.push({ x: epoch.epoch, y });
  }
  ofRun.set(key, { points: line.points, seen: epochs.length, last: epochs.at(-1) });
  return line.points;
}

export function baselineOf(run: RunSession | undefined, metric: string): number | null {
  return (run?.started?.baseline ?? run?.record.baseline)?.[metric] ?? null;
}

/** Of the run's last epoch, on its training rows. */
export function lastTrained(run: RunSession, metric: string): number | null {
  return run.epochs.at(-1)?.train[metric] ?? null;
}

/** Of the run's best epoch, on validation rows where there are any. */
export function bestOf(run: RunSession, metric: string): number | null {
  const epoch = run.epochs.find((candidate) => candidate.epoch === run.bestEpoch);
  return (epoch?.validation ?? epoch?.train)?.[metric] ?? null;
}

export function isValidated(run: RunSession): boolean {
  return run.epochs.some(({ validation }) => validation !== undefined);
}

/** What a recommender's epochs are compared by: how far predicted values are off, where it predicts any. */
export function rankingFigure(run: RunSession): 'rmse' | 'ndcgAt10' {
  return run.epochs.some(({ validation }) => validation?.['rmse'] !== undefined)
    ? 'rmse'
    : 'ndcgAt10';
}

/**
 * Of runs of recommenders those whose figures are in the units of this one's: a loss is the method's own, and not every
 * method predicts values. The others have no place on its axis.
 */
export function sharesAxis(run: RunSession, other: RunSession, metric: string): boolean {
  if (metric === 'loss') return run.record.config.learner === other.record.config.learner;
  return other.epochs.some(({ train, validation }) => (validation ?? train)[metric] !== undefined);
}
