/** Runs laid over each other: what lies on one axis is in one unit. */
import { expect, test } from 'vitest';
import { curvesOf, rankingFigure, sharesAxis } from '../../../src/screens/train/curves.ts';
import type { RunSession } from '../../../src/state/run-session.svelte.ts';

type Figures = Record<string, number>;

function run(
  learner: string,
  epochs: { train: Figures; validation?: Figures }[],
  baseline = {},
  id = learner,
) {
  // All that charts ask of a run.
  return {
    record: { id, name: learner, config: { learner }, baseline },
    epochs: epochs.map((epoch, i) => ({ ...epoch, epoch: i + 1 })),
    started: null,
  } as unknown as RunSession;
}

const labels = { train: (name: string) => name, validation: (name: string) => name, baseline: '' };
const bpr = run('bpr', [
  { train: { loss: 0.6 }, validation: { ndcgAt10: 0.2 } },
  { train: { loss: 0.5 }, validation: { ndcgAt10: 0.3 } },
]);
const mf = run(
  'biased-mf',
  [
    { train: { loss: 1.1 }, validation: { ndcgAt10: 0.1, rmse: 1.02 } },
    { train: { loss: 0.9 }, validation: { ndcgAt10: 0.1, rmse: 0.95 } },
  ],
  { ndcgAt10: 0.15, rmse: 1.1 },
);
const drawn = (runs: RunSession[], metric: string, latest: RunSession) =>
  curvesOf(runs, metric, {
    labels,
    colours: new Map(runs.map(({ record }, place) => [record.id, place])),
    isShown: (other) => sharesAxis(latest, other, metric),
  });

test('a run without predicted values has no line among RMSE, and the others keep their colours', () => {
  expect([rankingFigure(bpr), rankingFigure(mf)]).toEqual(['ndcgAt10', 'rmse']);
  const series = drawn([bpr, mf], 'rmse', mf);
  expect(series.map(({ id, colour }) => [id, colour])).toEqual([
    ['biased-mf validation', 1],
    ['baseline', 7],
  ]);
  expect(sharesAxis(mf, bpr, 'rmse')).toBe(false);
});

test('by NDCG@10, which every run has, all are drawn on one axis with the baseline of the last', () => {
  const series = drawn([bpr, mf], 'ndcgAt10', bpr);
  expect(series.map(({ id }) => id)).toEqual([
    'bpr validation',
    'biased-mf validation',
    'baseline',
  ]);
  expect(series.at(-1)?.points[0]?.y).toBe(0.15);
});

test('the loss of one method is not held against that of another', () => {
  const other = run('bpr', [{ train: { loss: 0.4 } }], {}, 'second bpr');
  expect(drawn([bpr, mf, other], 'loss', bpr).map(({ id, colour }) => [id, colour])).toEqual([
    ['bpr train', 0],
    ['second bpr train', 2],
  ]);
  expect(drawn([bpr, mf], 'loss', mf).map(({ id }) => id)).toEqual(['biased-mf train']);
});
