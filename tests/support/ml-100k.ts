/** MovieLens-100K where a checkout has it beside itself, by the protocols of the reference figures. Never bundled. */
import { existsSync, readFileSync } from 'node:fs';
import { buildInteractions, type Events } from '../../src/recommend/build-interactions.ts';
import type { Interactions } from '../../src/recommend/interactions.ts';

const file = new URL('../../../shared/data/tests/ml-100k/ml-100k.inter', import.meta.url).pathname;

/** Whether the tests that need it can run; where not, they are skipped under this name. */
export const hasMovieLens = existsSync(file);
export const movieLensTitle = `MovieLens-100K${hasMovieLens ? '' : ` (skipped: there is no ${file})`}`;

/** In the order of u.data. Index = id − 1. */
export function movieLens(): Events & { users: Uint32Array } {
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const cells = rows.map((row) => row.split('\t').map(Number));
  const column = (at: number) => cells.map((row) => row[at] ?? Number.NaN);
  return {
    users: Uint32Array.from(column(0), (id) => id - 1),
    items: Uint32Array.from(column(1), (id) => id - 1),
    values: Float32Array.from(column(2)),
    times: Float64Array.from(column(3), (seconds) => seconds * 1000),
  };
}

export const movieLensShape = { users: 943, items: 1682 };

export interface TrainAndTest {
  train: Interactions;
  test: Interactions;
}

/** Rows by number: those of which row % 5 is `fold` test. @param binary every value 1 */
export function everyFifthRow(fold: number, binary: boolean): TrainAndTest {
  const events = movieLens();
  const part = (isTest: boolean): Events => {
    const isPart = (_: number, row: number) => (row % 5 === fold) === isTest;
    return {
      users: events.users.filter(isPart),
      items: events.items.filter(isPart),
      values: binary ? null : (events.values?.filter(isPart) ?? null),
      times: events.times?.filter(isPart) ?? null,
    };
  };
  return {
    train: buildInteractions(part(false), movieLensShape, 'last'),
    test: buildInteractions(part(true), movieLensShape, 'last'),
  };
}
