import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

test.setTimeout(90_000);

async function newProject(page: Page, name: string) {
  const id = await page.evaluate(
    async (title) =>
      (await window.glasshouse.createProject({ name: title, task: 'recommendation' })).id,
    name,
  );
  await page.goto(`/#/p/${id}/data`);
  return id;
}

/** No screen shows a number that isn't one. */
async function expectNoNaN(page: Page) {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(page.locator('main')).not.toContainText(/NaN|Infinity|undefined/);
}

const people = ['ann', '7', '7.5', '12345678901234567890', 'bob', '008'];

/** Ids of every kind, ratings that are none or far off, one moment after the other in seconds, ms and ISO. */
function brokenEvents(): string {
  const lines = ['user,item,rating,when'];
  for (let at = 0; at < 120; at++) {
    const seconds = 1_700_000_000 + 3600 * at;
    const item = at === 60 ? '12.5' : `900719925474099${10 + 2 * ((at * 7) % 20)}`;
    const odd = { 10: 'NaN', 20: '', 30: '999', 40: '-500' }[at];
    const when = [seconds, seconds * 1000, new Date(seconds * 1000).toISOString()][at % 3];
    const user = people[Math.floor(at / 20)];
    lines.push(`${user},${item},${odd ?? 1 + (at % 5)},${when}`);
  }
  return lines.join('\n');
}

test('broken events say what is wrong and what to do; corrected on the screen they train and recommend', async ({
  page,
}) => {
  const studio = await openStudio(page);
  await newProject(page, 'Broken');
  await page.getByLabel('Choose files').setInputFiles({
    name: 'events.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(brokenEvents()),
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText('120 rows, 4 columns')).toBeVisible();
  const choose = async (label: string, option: string) => {
    await page.getByRole('combobox', { name: label, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('User', 'user');
  await choose('Item', 'item');
  await choose('Value, such as a rating', 'rating');
  await choose('Time', 'when');
  await page.getByRole('button', { name: 'Use these columns' }).click();

  // Items that are numbers beyond 2⁵³ would fall together: the message names the remedy, and the screen has it.
  const beyond = page.getByText(/column "item": 90071992547409\d{3} is beyond 2⁵³/).first();
  await expect(beyond).toContainText('Change its type to id');
  await choose('Type of item', 'Identifier');
  await page.getByRole('dialog').getByRole('button', { name: 'Change type' }).click();

  await expect(beyond).toBeHidden();
  await expect(
    page.getByText('2 rows lack a user, an item or a value that is a number: they are left out.'),
  ).toBeVisible();
  await expect(
    page.getByText(/^2 values are far from the others.*correct them in the file/),
  ).toBeVisible();
  const profile = page.locator('dl').filter({ hasText: 'From – to' });
  await expect(profile).toContainText(/Nov 14, 2023.*Nov 19, 2023/);
  await expect(profile).toContainText('Items 21');
  await expectNoNaN(page);

  await page.getByRole('link', { name: 'Continue to training' }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByRole('row').getByText('Completed')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Evaluate' }).first().click();
  await expect(page.getByRole('table').filter({ hasText: 'Recall@10' })).toBeVisible();
  await expectNoNaN(page);
  await page.getByRole('link', { name: 'Models' }).first().click();
  await expect(page.getByText('Items are shown by their ids')).toBeVisible();
  const listed = page.getByRole('list', { name: 'Recommended items' }).getByRole('listitem');
  await expect(listed.first()).toContainText(/90071992547409\d{3}|12\.5/); // to the last digit
  await expectNoNaN(page);
  studio.expectPrivate();
});

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
