/** Which figures a leaderboard shows, in which order, and as CSV. */
import type { Messages } from '../../../app/messages/en/index.ts';
import {
  cutoffs,
  rankingMetricKinds,
  rankingMetricName,
  type Cutoff,
} from '../../../recommend/ranking/list-metrics.ts';
import { figureOf, type Board, type BoardRow } from './leaderboard.ts';

export interface BoardColumn {
  metric: string;
  better: 'higher' | 'lower';
  format: 'percent' | 'number' | 'seconds';
  /** What it is, where the glossary says so. */
  term: keyof Messages['glossary'];
}

const kinds = {
  ndcg: { format: 'number', term: 'ndcg' },
  recall: { format: 'percent', term: 'recallAtK' },
  precision: { format: 'percent', term: 'precisionAtK' },
  map: { format: 'number', term: 'meanAveragePrecision' },
  mrr: { format: 'number', term: 'mrr' },
  hit: { format: 'percent', term: 'hitRate' },
} as const;

const others: readonly BoardColumn[] = [
  { metric: 'rmse', better: 'lower', format: 'number', term: 'rmse' },
  { metric: 'mae', better: 'lower', format: 'number', term: 'mae' },
  { metric: 'coverageAt10', better: 'higher', format: 'percent', term: 'coverage' },
  { metric: 'noveltyAt10', better: 'higher', format: 'number', term: 'novelty' },
  { metric: 'giniAt10', better: 'lower', format: 'number', term: 'gini' },
  { metric: 'diversityAt10', better: 'higher', format: 'number', term: 'listDiversity' },
  { metric: 'trainSeconds', better: 'lower', format: 'seconds', term: 'trainSeconds' },
];

/** Those that any of the rows has. */
export function columnsOf(rows: readonly BoardRow[], cutoff: Cutoff): BoardColumn[] {
  return among([...ofCutoff(cutoff), ...others], rows);
}

function among(columns: readonly BoardColumn[], rows: readonly BoardRow[]): BoardColumn[] {
  return columns.filter(({ metric }) => rows.some((row) => figureOf(row, metric)));
}

function ofCutoff(cutoff: Cutoff): BoardColumn[] {
  return rankingMetricKinds.map((kind) => ({
    metric: rankingMetricName(kind, cutoff),
    better: 'higher',
    ...kinds[kind],
  }));
}

/** Every figure of a board at every cut-off, with its interval and the protocol beside it: one line a method. */
export function boardCsv(board: Board, nameOf: (row: BoardRow) => string): string {
  const metrics = among([...cutoffs.flatMap(ofCutoff), ...others], board.rows).map(
    ({ metric }) => metric,
  );
  const header = [
    ...['name', 'method', 'version', 'settings', 'split', 'dataSet', 'testEvents', 'people'],
    ...['items', 'ranking', 'seen', 'likedFrom'],
    ...metrics.flatMap((metric) => [metric, `${metric}Low`, `${metric}High`]),
  ];
  const lines = board.rows.map((row) => [
    ...[nameOf(row), row.method, row.version?.number ?? ''],
    row.settings.map(([name, value]) => `${name}=${String(value)}`).join('; '),
    ...[board.protocol.split, board.protocol.dataSet, board.events, board.people, board.items],
    ...['full', 'excluded', board.protocol.likedFrom ?? ''],
    ...metrics.flatMap((metric) => {
      const figure = figureOf(row, metric);
      return [figure?.value ?? '', ...(figure?.interval ?? ['', ''])];
    }),
  ]);
  return [header, ...lines].map((line) => line.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // A spreadsheet would run it as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
