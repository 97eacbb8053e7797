/**
 * Versions of recommenders side by side: what is of one protocol together, the baseline always among them. Pure; what a
 * figure means is in recommend/ranking.
 */
import type { Evaluation, MeasuredMetric, RankingProtocol } from '../../../evaluate/evaluation.ts';
import { defaultSettings, methodInfo } from '../../../recommend/method-settings.ts';
import { isRecommender, type RecommenderVersion } from '../../../registry/model-version.ts';
import type { ModelVersion } from '../../../registry/model-version.ts';
import type { SettingValue } from '../../../training/run.ts';

export type RankingReport = Extract<Evaluation, { type: 'ranking' }>;

export interface BoardRow {
  /** The version's; of the baseline that no version is of: `baseline`. */
  id: string;
  method: string;
  /** Null where no version was trained: a baseline measured beside the others. */
  version: RecommenderVersion | null;
  /** What differs from the method's defaults. */
  settings: [name: string, value: SettingValue][];
  /** Of the test part, and `trainSeconds`. */
  metrics: Readonly<Record<string, MeasuredMetric>>;
}

/** Rows that may be compared: of the same data, split in the same way. */
export interface Board {
  key: string;
  protocol: RankingProtocol;
  /** Test events, people who have any, items that are ranked. */
  events: number;
  people: number;
  items: number;
  rows: BoardRow[];
}

const baselineId = 'baseline';

/** A board a protocol, that of the newest version first; versions without a test part are on none. */
export function boardsOf(versions: readonly ModelVersion[]): Board[] {
  const boards = new Map<string, Board>();
  for (const version of versions.toReversed()) {
    const report = reportOf(version);
    if (!report || !isRecommender(version)) continue;
    const key = protocolKey(report);
    const board = boards.get(key) ?? {
      ...{ key, protocol: report.protocol, rows: [] },
      ...{ events: report.rows, people: report.users, items: report.items },
    };
    boards.set(key, board);
    board.rows.push(rowOf(version, report));
  }
  return [...boards.values()].map(withBaseline);
}

export function reportOf({ evaluation }: ModelVersion): RankingReport | null {
  return evaluation?.type === 'ranking' ? evaluation : null;
}

/** Figures may be compared where this is the same. */
function protocolKey({ protocol, rows, users, items }: RankingReport): string {
  return [protocol.dataSet, protocol.split, rows, users, items].join(' ');
}

function rowOf(version: RecommenderVersion, report: RankingReport): BoardRow {
  const { learner, settings } = version.config;
  const method = methodInfo(learner);
  const defaults = method ? defaultSettings(method) : {};
  const seconds = version.metrics.train?.['trainSeconds'];
  return {
    ...{ id: version.id, method: learner, version },
    settings: Object.entries(settings).filter(([name, value]) => defaults[name] !== value),
    metrics: {
      ...report.metrics,
      ...(seconds !== undefined && {
        trainSeconds: { value: seconds, interval: null, baseline: null },
      }),
    },
  };
}

/** Where nobody trained the baseline its figures are those measured beside another version. */
function withBaseline(board: Board): Board {
  const report = board.rows.map(({ version }) => version && reportOf(version)).find(Boolean);
  if (!report || board.rows.some(({ method }) => method === report.baseline)) return board;
  const metrics = Object.fromEntries(
    Object.entries(report.metrics).flatMap(([name, { baseline }]) =>
      baseline === null ? [] : [[name, { value: baseline, interval: null, baseline: null }]],
    ),
  );
  const row = { id: baselineId, method: report.baseline, version: null, settings: [], metrics };
  return { ...board, rows: [...board.rows, row] };
}

/** Undefined where a row has no such figure, or one that isn't a number. */
export function figureOf(row: BoardRow, metric: string): MeasuredMetric | undefined {
  const figure = row.metrics[metric];
  return figure && Number.isFinite(figure.value) ? figure : undefined;
}

/** By one figure; rows that lack it come last, equal ones stay as they are. */
export function sortRows(
  rows: readonly BoardRow[],
  metric: string,
  order: 'ascending' | 'descending',
): BoardRow[] {
  const sign = order === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [figureOf(a, metric)?.value, figureOf(b, metric)?.value];
    if (x === undefined || y === undefined)
      return Number(x === undefined) - Number(y === undefined);
    return sign * (x - y);
  });
}

/** The best row by one figure; undefined where none has it. */
export function bestRow(
  rows: readonly BoardRow[],
  metric: string,
  better: 'higher' | 'lower' = 'higher',
): BoardRow | undefined {
  const [best] = sortRows(rows, metric, better === 'higher' ? 'descending' : 'ascending');
  return best && figureOf(best, metric) ? best : undefined;
}
