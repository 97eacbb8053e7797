import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

test.setTimeout(90_000);

/** No screen shows a number that isn't one. */
async function expectNoNaN(page: Page) {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(page.locator('main')).not.toContainText(/NaN|Infinity|undefined/);
}

/** Trains by script, so that the journey has time for every screen. */
function trainOn(page: Page, name: string, lines: readonly string[]) {
  return page.evaluate(
    async ([title, csv]) => {
      const project = await window.glasshouse.createProject({
        name: title,
        task: 'recommendation',
      });
      await project.importData([new File([csv], 'events.csv')]);
      await project.setEvents({ user: 'user', item: 'item', value: 'rating', time: null });
      const run = await project.train({ learner: 'ease' });
      return { id: project.id, status: run.status };
    },
    [name, ['user,item,rating', ...lines].join('\n')] as const,
  );
}

test('one person, one item, or one rating for all: every screen says what can be done with it', async ({
  page,
}) => {
  const studio = await openStudio(page);
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const examples = {
    onePerson: numbers(12).map((i) => `ann,item ${i},${1 + (i % 5)}`),
    oneItem: numbers(12).map((i) => `person ${i},the only one,${1 + (i % 5)}`),
    allEqual: numbers(40).map((i) => `person ${i % 8},item ${(i + Math.floor(i / 8)) % 10},3`),
  };
  const says: Record<string, RegExp> = {
    onePerson: /The data has one person/,
    oneItem: /Nothing is left to recommend: this person had every item/,
    allEqual: /item \d/,
  };
  for (const [name, lines] of Object.entries(examples)) {
    const { id, status } = await trainOn(page, name, lines);
    expect([name, status]).toEqual([name, 'completed']);
    for (const stage of ['data', 'train', 'evaluate', 'models']) {
      await page.goto(`/#/p/${id}/${stage}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectNoNaN(page);
    }
    await expect(
      page
        .locator('main')
        .getByText(says[name] ?? '')
        .first(),
    ).toBeVisible();
    if (name !== 'oneItem') continue;
    await page.goto(`/#/p/${id}/evaluate`);
    await expect(page.getByText('Nothing was held out to test on')).toBeVisible();
    await expect(
      page.getByRole('main').getByText(/Choose a split with a test share/),
    ).toBeVisible();
    await page.goto(`/#/p/${id}/train`);
    await page.getByLabel('Learner', { exact: true }).click();
    await page.getByRole('option', { name: 'BPR' }).click();
    await page.getByRole('button', { name: 'Start training' }).click();
    await expect(
      page.getByText(/everyone has every item there is \(1\).*choose most-popular/).first(),
    ).toBeVisible({ timeout: 30_000 });
  }
  studio.expectPrivate();
});
