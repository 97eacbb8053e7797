import { describe, expect, test } from 'vitest';
import type { MeasuredMetric } from '../../../src/evaluate/evaluation.ts';
import type { ModelVersion, RecommenderVersion } from '../../../src/registry/model-version.ts';
import { boardCsv, columnsOf } from '../../../src/tasks/recommendation/board/board-columns.ts';
import {
  bestRow,
  boardsOf,
  sortRows,
  type RankingReport,
} from '../../../src/tasks/recommendation/board/leaderboard.ts';
import type { SettingValue } from '../../../src/training/run.ts';
import { exampleVersion } from '../registry/example-version.ts';

function figure(value: number, baseline: number | null = null): MeasuredMetric {
  return { value, interval: [value - 0.01, value + 0.01], baseline };
}

interface Trained {
  id: string;
  learner?: string;
  settings?: Record<string, SettingValue>;
  report?: Partial<RankingReport> | null;
  dataSet?: string;
  split?: RankingReport['protocol']['split'];
}

function trained({ id, learner = 'ease', settings = {}, report = {}, ...of }: Trained) {
  const { dataSet = 'd1', split = 'per-user' } = of;
  const evaluation: RankingReport = {
    type: 'ranking',
    ...{ on: 'test split', rows: 50, skipped: [], baseline: 'most-popular', users: 20, items: 30 },
    metrics: { ndcgAt10: figure(0.4, 0.2), rmse: { value: 0.9, interval: null, baseline: null } },
    protocol: { split, dataSet, lookAhead: { samePerson: 0, anyone: 0 } },
    ...{ byActivity: [], byPopularity: [] },
    ...report,
  };
  const version: RecommenderVersion = {
    ...{
      id,
      projectId: exampleVersion.projectId,
      number: 1,
      taskId: 'recommendation',
      runId: `run-${id}`,
    },
    ...{ dataSet, createdAt: 1, parents: [] },
    config: { learner, seed: 1, settings },
    metrics: { train: { trainSeconds: 2 } },
    evaluation: report && evaluation,
    recommender: { method: learner, settings, arrays: [], items: 'i', perUser: null },
  };
  return version;
}

const ids = (versions: readonly ModelVersion[]) =>
  boardsOf(versions).map(({ rows }) => rows.map(({ id }) => id));

describe('grouping by protocol', () => {
  test('other data, another split or other test events make another board, the newest first', () => {
    expect(
      ids([
        trained({ id: 'a' }),
        trained({ id: 'b', split: 'time' }),
        trained({ id: 'c', dataSet: 'd2' }),
        trained({ id: 'd', report: { rows: 51 } }),
        trained({ id: 'e' }),
      ]),
    ).toEqual([
      ['e', 'a', 'baseline'],
      ['d', 'baseline'],
      ['c', 'baseline'],
      ['b', 'baseline'],
    ]);
  });

  test('versions without a test part and networks are on no board', () => {
    expect(ids([trained({ id: 'a', report: null }), exampleVersion])).toEqual([]);
  });

  test('the baseline stands once: as trained, or as measured beside another version', () => {
    expect(ids([trained({ id: 'p', learner: 'most-popular' }), trained({ id: 'a' })])).toEqual([
      ['a', 'p'],
    ]);
    const [board] = boardsOf([trained({ id: 'a' })]);
    expect(board?.rows[1]).toEqual({
      ...{ id: 'baseline', method: 'most-popular', version: null, settings: [] },
      // It predicts no ratings, and nobody trained it.
      metrics: { ndcgAt10: { value: 0.2, interval: null, baseline: null } },
    });
  });

  test('a row tells the settings that are not the method’s own', () => {
    const [board] = boardsOf([
      trained({ id: 'a', learner: 'ials', settings: { factors: 64, alpha: 1 } }),
    ]);
    expect(board?.rows[0]?.settings).toEqual([['factors', 64]]);
    expect(board?.rows[0]?.metrics['trainSeconds']?.value).toBe(2);
  });
});

describe('order', () => {
  const [board] = boardsOf([
    trained({ id: 'low', report: { metrics: { ndcgAt10: figure(0.1, 0.2), rmse: figure(2) } } }),
    trained({ id: 'high', report: { metrics: { ndcgAt10: figure(0.3, 0.2) } } }),
    trained({ id: 'none', report: { metrics: { ndcgAt10: figure(Number.NaN, 0.2) } } }),
  ]);
  const rows = board?.rows ?? [];
  const order = (metric: string, direction: 'ascending' | 'descending') =>
    sortRows(rows, metric, direction).map(({ id }) => id);

  test('rows that lack the figure come last whichever way it is sorted', () => {
    expect(order('ndcgAt10', 'descending')).toEqual(['high', 'baseline', 'low', 'none']);
    expect(order('ndcgAt10', 'ascending')).toEqual(['low', 'baseline', 'high', 'none']);
    expect(order('rmse', 'ascending')[0]).toBe('low');
  });

  test('the best is by the better direction, and none where no row has the figure', () => {
    expect(bestRow(rows, 'ndcgAt10')?.id).toBe('high');
    expect(bestRow(rows, 'trainSeconds', 'lower')?.id).toBe('none'); // all as quick: the newest
    expect(bestRow(rows, 'mae', 'lower')).toBeUndefined();
  });
});

describe('columns', () => {
  test('only figures that some row has, of the cut-off', () => {
    const [board] = boardsOf([
      trained({
        id: 'a',
        report: { metrics: { ndcgAt5: figure(0.3), ndcgAt10: figure(0.4), giniAt10: figure(0.9) } },
      }),
    ]);
    const metrics = columnsOf(board?.rows ?? [], 5).map(({ metric }) => metric);
    expect(metrics).toEqual(['ndcgAt5', 'giniAt10', 'trainSeconds']);
  });

  test('CSV has the protocol in each line, and no text that a spreadsheet would run', () => {
    const [board] = boardsOf([
      trained({ id: 'a', report: { metrics: { ndcgAt10: figure(0.5, 0.25) } } }),
    ]);
    if (!board) throw new Error('no board');
    const csv = boardCsv(board, ({ id }) => (id === 'a' ? '=1+1, "a"' : id));
    expect(csv.split('\r\n')).toEqual([
      'name,method,version,settings,split,dataSet,testEvents,people,items,ranking,seen,likedFrom,' +
        'ndcgAt10,ndcgAt10Low,ndcgAt10High,trainSeconds,trainSecondsLow,trainSecondsHigh',
      `"'=1+1, ""a""",ease,1,,per-user,d1,50,20,30,full,excluded,,0.5,0.49,0.51,2,,`,
      'baseline,most-popular,,,per-user,d1,50,20,30,full,excluded,,0.25,,,,,',
      '',
    ]);
  });
});
