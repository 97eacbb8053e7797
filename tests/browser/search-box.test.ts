import { mount, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/tokens.css';
import '../../src/ui/base.css';
import '../../src/ui/controls.css';
import SearchBox from '../../src/tasks/recommendation/preview/SearchBox.svelte';

let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
});

const films = ['Alien', 'Aliens', 'Alien 3', 'Brazil'];

function open(search: (text: string) => Promise<string[]>) {
  const picked: string[] = [];
  mounted = mount(SearchBox, {
    target: document.body,
    props: {
      label: 'Find',
      placeholder: '',
      search,
      keyOf: String,
      titleOf: String,
      detailOf: () => '',
      onpick: (film: unknown) => picked.push(String(film)),
    },
  });
  return { picked, box: page.getByRole('combobox', { name: 'Find' }) };
}

const holding = (text: string) =>
  Promise.resolve(films.filter((film) => film.toLowerCase().includes(text)));
const option = (name: string) => page.getByRole('option', { name, exact: true });

test('arrows move through what is found, Enter picks it, Escape closes the list', async () => {
  const { picked, box } = open(holding);
  await box.fill('alien');
  await expect.element(option('Aliens')).toBeVisible();
  await expect.element(option('Alien')).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}');
  await expect.element(option('Aliens')).toHaveAttribute('aria-selected', 'true');
  const active = box.element().getAttribute('aria-activedescendant');
  expect(option('Aliens').element().id).toBe(active);
  await userEvent.keyboard('{Enter}');
  expect(picked).toEqual(['Aliens']);
  await expect.element(box).toHaveValue('');
  await box.fill('bra');
  await expect.element(option('Brazil')).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(box).toHaveAttribute('aria-expanded', 'false');
  await userEvent.keyboard('{Enter}');
  expect(picked).toEqual(['Aliens']);
});

test('an answer to fewer letters that comes late is neither shown nor picked', async () => {
  let answer: (films: string[]) => void = () => undefined;
  const slow = new Promise<string[]>((resolve) => (answer = resolve));
  const { picked, box } = open((text) => (text === 'a' ? slow : holding(text)));
  await box.fill('a');
  await userEvent.keyboard('{Enter}'); // nothing is found yet
  await box.fill('bra');
  await expect.element(option('Brazil')).toBeVisible();
  answer(['Alien']);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect.element(option('Brazil')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  expect(picked).toEqual(['Brazil']);
});
