import { expect, test } from 'vitest';
import { mostDrawn, RunColours } from '../../../src/screens/train/run-colours.ts';
import { ShownRuns } from '../../../src/screens/train/shown-runs.svelte.ts';

const run = (n: number) => ({ id: `r${n}`, record: { createdAt: n } });
const runs = Array.from({ length: 10 }, (_, n) => run(n));
const ids = (some: readonly { id: string }[]) => some.map(({ id }) => id);

test('the latest runs are drawn, as many as there are colours', () => {
  const shown = new ShownRuns();
  expect(ids(shown.of(runs))).toEqual(ids(runs.slice(-mostDrawn)));
  shown.show('r9', false);
  expect(ids(shown.of(runs))).toEqual(ids(runs.slice(2, 9)));
});

test('an older run that is asked for is drawn in place of the one that was drawn longest', () => {
  const shown = new ShownRuns();
  shown.show('r0', true);
  expect(ids(shown.of(runs))).toEqual(['r0', ...ids(runs.slice(-mostDrawn + 1))]);
  shown.show('r0', false);
  expect(ids(shown.of(runs))).toEqual(ids(runs.slice(-mostDrawn)));
});

test('a run keeps its colour while others come, go and come back, and no two have the same', () => {
  const shown = new ShownRuns();
  const given = new RunColours();
  const colours = (some: typeof runs) => given.of(shown.of(some));
  expect([...colours(runs.slice(0, 3))]).toEqual([
    ['r0', 0],
    ['r1', 1],
    ['r2', 2],
  ]);
  shown.show('r1', false);
  expect(colours(runs.slice(0, 3)).get('r2')).toBe(2);
  expect([...colours(runs.slice(0, 4))]).toEqual([
    ['r0', 0],
    ['r2', 2],
    ['r3', 1],
  ]);
  shown.show('r1', true); // another has its colour now
  expect([...colours(runs.slice(0, 4))]).toEqual([
    ['r0', 0],
    ['r2', 2],
    ['r3', 1],
    ['r1', 3],
  ]);
  expect(new Set(colours(runs).values()).size).toBe(mostDrawn);
});
