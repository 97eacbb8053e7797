import { mount, unmount } from 'svelte';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { i18n } from '../../src/app/i18n.svelte.ts';
import type { Recommendation, RecommenderSummary } from '../../src/rpc/recommend-contract.ts';
import Bench from '../../src/tasks/recommendation/preview/Bench.svelte';
import { Preview } from '../../src/tasks/recommendation/preview/preview.svelte.ts';
import { ToldRatings } from '../../src/tasks/recommendation/preview/told-ratings.svelte.ts';
import { remade } from './remade.svelte.ts';

beforeAll(() => i18n.loadScreens());
let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
});

const summary: RecommenderSummary = {
  ...{ users: 9, items: 3, predictsValues: false, learnsValues: true, values: [1, 5] },
  ...{ likedFrom: null, hasTitles: true, hasTimes: false, categories: [] },
  ...{ newItems: 0, personFields: [] },
};
const itemOf = (item: number) => ({
  ...{ item, id: `i${item}`, title: `Film ${item}`, categories: [], people: 3 - item },
});

/** A session that writes down what it is asked. */
function session() {
  const asked: string[] = [];
  const project = remade({ id: 'p' });
  const answer = <T>(name: string, value: T) => {
    asked.push(`${name} of ${project.now.id}`);
    return Promise.resolve(value);
  };
  const listed: Recommendation = {
    ...itemOf(2),
    ...{ score: 0.5, reasons: [], rest: null, isHeldOut: false, hasEvents: true },
  };
  const recommenders = {
    open: () => answer('open', summary),
    itemsOf: (_version: string, ids: string[]) =>
      answer(
        'itemsOf',
        ids.map((id) => itemOf(Number(id.slice(1)))),
      ),
    searchItems: () => answer('searchItems', [itemOf(0), itemOf(1)]),
    listFor: () => answer('listFor', [listed]),
    hadBy: () => answer('hadBy', [0]),
    effect: () => answer('effect', null),
    stopEffect: () => Promise.resolve(),
    map: () =>
      answer('map', {
        ...{ basis: 'people', member: null, shares: [0.5, 0.3] },
        positions: new Float32Array(6),
        titles: ['Film 0', 'Film 1', 'Film 2'],
        ...{ categories: new Int32Array(3), people: Uint32Array.of(3, 2, 1) },
      }),
  };
  return { asked, recommenders, project };
}

test('a rating asks for the list once and for the marks behind it; a project that keeps it asks for nothing', async () => {
  const { asked, recommenders, project } = session();
  const told = new ToldRatings([{ item: 'i0', value: 4 }], () => undefined);
  const preview = new Preview(recommenders as never, told, {}, () => undefined); // all that it asks of it
  const version = remade({ id: 'v', name: 'Version 1' });
  mounted = mount(Bench, {
    target: document.body,
    props: {
      ...{ preview, recommenders, other: undefined },
      get version() {
        return version.now;
      },
    } as never, // as above
  });
  await expect.element(page.getByText('Film 2').first()).toBeVisible();
  await expect.poll(() => asked).toContain('effect of p');
  await expect.poll(() => asked.at(-1)).not.toBe('map of p');
  asked.length = 0;

  const search = page.getByRole('combobox', { name: 'Find an item to rate' });
  await search.fill('Film 1');
  await page.getByRole('option', { name: /Film 1/ }).click();
  await expect.element(page.getByText('Your ratings (2)')).toBeVisible();
  version.remake();
  project.remake();
  await new Promise((resolve) => setTimeout(resolve, 600)); // an effect is asked for after 250 ms
  expect(asked.filter((name) => name !== 'searchItems of p')).toEqual([
    'listFor of p',
    'hadBy of p',
  ]);
});
