import { mount, unmount } from 'svelte';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { i18n } from '../../src/app/i18n.svelte.ts';
import type { Facts, FeatureField } from '../../src/recommend/item-features.ts';
import PersonFacts from '../../src/tasks/recommendation/preview/PersonFacts.svelte';
import { Preview } from '../../src/tasks/recommendation/preview/preview.svelte.ts';
import { ToldRatings } from '../../src/tasks/recommendation/preview/told-ratings.svelte.ts';

beforeAll(() => i18n.loadScreens());
let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
});

const fields: FeatureField[] = [
  { type: 'number', name: 'joined', mean: 0, deviation: 1, isDate: true },
  { type: 'number', name: 'age', mean: 40, deviation: 10 },
];

function open(first: Facts) {
  const kept: Facts[] = [];
  const told = new ToldRatings([], () => undefined);
  const preview = new Preview({} as never, told, first, (facts) => kept.push(facts)); // asks it nothing
  mounted = mount(PersonFacts, { target: document.body, props: { preview, fields } });
  return { kept, joined: page.getByLabelText('joined') };
}

test('a date is told in a date input, kept as ms since 1970 UTC, and taken back by clearing it', async () => {
  const { kept, joined } = open({ age: 41 });
  await expect.element(joined).toHaveAttribute('type', 'date');
  await expect.element(joined).toHaveValue('');
  await joined.fill('2024-02-29');
  expect(kept.at(-1)).toEqual({ age: 41, joined: Date.UTC(2024, 1, 29) });
  await joined.fill('1969-12-31');
  expect(kept.at(-1)).toEqual({ age: 41, joined: -86_400_000 });
  await joined.fill('');
  expect(kept.at(-1)).toEqual({ age: 41 });
});

test('a date that was kept is shown as its day in UTC, whatever the hour and the place', async () => {
  const { kept, joined } = open({ joined: Date.UTC(2024, 1, 29, 23, 59) });
  await expect.element(joined).toHaveValue('2024-02-29');
  await joined.fill('');
  await expect.element(joined).toHaveValue('');
  expect(kept).toEqual([{}]);
});
