import Papa from 'papaparse';
import { mount, unmount } from 'svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { i18n } from '../../src/app/i18n.svelte.ts';
import { Random } from '../../src/lib/random.ts';
import { pairedDifference } from '../../src/recommend/ranking/intervals.ts';
import type { RecommenderVersion } from '../../src/registry/model-version.ts';
import { boardsOf, type RankingReport } from '../../src/tasks/recommendation/board/leaderboard.ts';
import Leaderboard from '../../src/tasks/recommendation/board/Leaderboard.svelte';
import '../../src/ui/tokens.css';
import '../../src/ui/base.css';
import '../../src/ui/controls.css';

beforeAll(() => i18n.loadScreens());
let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  vi.restoreAllMocks();
});

const people = 400;
/** What each person's list is worth to each method: `ease` and `bpr` differ by a hair, `ials` is far behind. */
const perUser = (() => {
  const random = new Random(2);
  const ease = Float32Array.from({ length: people }, () => 0.2 + 0.4 * random.uniform());
  const noise = ease.map(() => 0.1 * random.uniform());
  const mean = noise.reduce((sum, each) => sum + each, 0) / people;
  return {
    ease,
    bpr: ease.map((value, i) => value + (noise[i] ?? 0) - mean - 0.0005),
    ials: ease.map((value) => value - 0.15 + 0.02 * random.uniform()),
  };
})();
type Method = keyof typeof perUser;

function trained(id: Method, trainSeconds: number): RecommenderVersion {
  const values = perUser[id];
  const value = values.reduce((sum, each) => sum + each, 0) / people;
  const measured = { value, interval: [value - 0.01, value + 0.01] as [number, number] };
  const evaluation: RankingReport = {
    type: 'ranking',
    ...{ on: 'test split', rows: 900, skipped: [], baseline: 'most-popular', users: people },
    items: 50,
    metrics: {
      ndcgAt10: { ...measured, baseline: 0.1 },
      recallAt10: { value: value / 2, interval: null, baseline: 0.05 },
    },
    protocol: { split: 'last-out', dataSet: 'd1', lookAhead: { samePerson: 0, anyone: 0 } },
    ...{ byActivity: [], byPopularity: [] },
  };
  return {
    ...{ id, projectId: 'p', number: 1, taskId: 'recommendation', runId: `run-${id}` },
    ...{ dataSet: 'd1', createdAt: 1, parents: [], evaluation },
    config: { learner: id, seed: 1, settings: {} },
    ...(id === 'bpr' && { epochs: { kept: 12, run: 50 } }),
    metrics: { train: { trainSeconds } },
    recommender: { method: id, settings: {}, arrays: [], items: 'i', perUser: null },
  };
}

async function open() {
  const versions = [trained('ials', 2), trained('bpr', 90), trained('ease', 5)];
  const [board] = boardsOf(versions);
  if (!board) throw new Error('no board');
  const compareToBest = vi.fn((best: string, others: readonly string[]) =>
    Promise.resolve(
      others.map((id) => pairedDifference(perUser[id as Method], perUser[best as Method], 1)),
    ),
  );
  const project = {
    record: { name: 'Films' },
    training: { runs: [{ id: 'run-ease', record: { name: 'brisk-otter' } }] },
    recommenders: { board: { compareToBest } },
  };
  mounted = mount(Leaderboard, {
    target: document.body,
    props: { project, board, cutoff: 10, title: 'Leaderboard' } as never, // all of a session that it asks for
  });
  await expect.element(page.getByText('Too close to call')).toBeVisible();
  return { compareToBest };
}

const table = () => page.getByRole('group', { name: 'Leaderboard' }).getByRole('table');
const names = () =>
  table()
    .getByRole('rowheader')
    .elements()
    .map((each) => each.querySelector('.name')?.firstChild?.textContent?.trim());
/** Cells of a method's row, without what is in small print. */
const cellsOf = (name: RegExp) =>
  table()
    .getByRole('row', { name })
    .getByRole('cell')
    .elements()
    .map((cell) => cell.firstChild?.textContent?.trim() ?? '');

test('the protocol stands above the figures, and a version says after which epoch it was kept', async () => {
  await open();
  const protocol = page.getByText(/^Held out: the last event of each person/);
  await expect.element(protocol).toBeVisible();
  await expect.element(protocol).toHaveTextContent('900 test events of 400 people; all 50 items');
  const row = table().getByRole('row', { name: /BPR/ });
  await expect.element(row).toHaveTextContent('Epoch 12 of 50 kept');
});

test('a click sorts by a column, the better first, and the next click turns it round', async () => {
  await open();
  expect(names()).toEqual(['EASE', 'BPR', 'Implicit ALS', 'Most popular']);
  const header = table()
    .getByRole('columnheader', { name: /NDCG@10/ })
    .first();
  await expect.element(header).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('button', { name: 'Sort by NDCG@10' }).click();
  await expect.element(header).toHaveAttribute('aria-sort', 'ascending');
  expect(names()).toEqual(['Most popular', 'Implicit ALS', 'BPR', 'EASE']);
  // The quickest first; nobody trained the baseline, so that it comes last either way.
  const byTime = page.getByRole('button', { name: /Sort by .*time/i });
  await byTime.click();
  expect(names()).toEqual(['Implicit ALS', 'EASE', 'BPR', 'Most popular']);
  await byTime.click();
  expect(names()).toEqual(['BPR', 'EASE', 'Implicit ALS', 'Most popular']);
});

test('what the paired bootstrap can’t tell from the best is a tie, what it can is none', async () => {
  const { compareToBest } = await open();
  expect(compareToBest).toHaveBeenCalledTimes(1);
  expect(compareToBest).toHaveBeenCalledWith('ease', ['bpr', 'ials']);
  const badge = (name: RegExp) => table().getByRole('row', { name }).getByText('Tie');
  await expect.element(badge(/BPR/)).toBeVisible();
  expect(badge(/Implicit ALS/).elements()).toHaveLength(0);
  await expect.element(page.getByText(/Too close to call/)).toHaveTextContent(/: BPR and the best/);
  const { difference } = pairedDifference(perUser.ials, perUser.ease, 1);
  expect(cellsOf(/Implicit ALS/)[1]).toBe(`−${Math.abs(difference).toFixed(3)}`);
});

test('the saved CSV has the figures that are shown', async () => {
  await open();
  const saved: Blob[] = [];
  const create = URL.createObjectURL.bind(URL);
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    if (blob instanceof Blob) saved.push(blob);
    return create(blob);
  });
  const downloads: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    downloads.push(this.download);
  });
  await page.getByRole('button', { name: 'Save as CSV' }).first().click(); // the chart has one too
  expect(downloads).toEqual(['Films leaderboard.csv']);
  const { data } = Papa.parse<Record<string, string>>((await saved[0]?.text())?.trim() ?? '', {
    header: true,
  });
  const shown = [/EASE/, /BPR/, /Implicit ALS/, /Most popular/].map((name) => {
    const [ndcg, , recall] = cellsOf(name);
    return [ndcg, recall];
  });
  const written = ['ease', 'bpr', 'ials', 'most-popular'].map((method) => {
    const line = data.find((each) => each['method'] === method);
    const percent = (100 * Number(line?.['recallAt10'])).toFixed(1);
    return [Number(line?.['ndcgAt10']).toFixed(3), `${percent}%`];
  });
  expect(shown).toEqual(written);
  expect(data.map((line) => line['split'])).toEqual(Array.from(data, () => 'last-out'));
});
