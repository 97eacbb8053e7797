import { expect, test } from '@playwright/test';
import { openStudio } from './support.ts';

test('from the sample to three methods, a leaderboard, and recommendations that follow a new person’s taste', async ({
  page,
}) => {
  const studio = await openStudio(page);
  await page.getByRole('button', { name: /Film ratings/ }).click();
  await expect(page.getByRole('heading', { name: 'The events' })).toBeVisible();
  await expect(page.getByText('movielens-movies.csv: 1,500 items')).toBeVisible();
  await expect(page.getByText(/test events happened before something/)).toBeVisible();

  await page.getByRole('link', { name: 'Continue to training' }).click();
  for (const method of ['EASE', 'Item neighbours (kNN)', 'PureSVD']) {
    await page.getByLabel('Learner', { exact: true }).click();
    await page.getByRole('option', { name: method }).click();
    await page.getByRole('button', { name: 'Start training' }).click();
    await expect(
      page.getByRole('row').filter({ hasText: method }).getByText('Completed'),
    ).toBeVisible({ timeout: 60_000 });
  }

  await page.getByRole('link', { name: 'Evaluate' }).first().click();
  const board = page.getByRole('table').filter({ hasText: 'Recall@10' });
  await expect(board.getByRole('rowheader')).toHaveText([
    /EASE/,
    /PureSVD/,
    /Item neighbours/,
    /Most popular/,
  ]);
  await expect(
    page.getByText(/EASE is best with 0\.3\d+; the baseline, Most popular/),
  ).toBeVisible();

  await page.getByRole('link', { name: 'Models' }).first().click();
  await page.getByRole('radio', { name: 'A new person' }).check();
  const items = page.getByRole('list', { name: 'Recommended items' }).getByRole('listitem');
  const titles = async () => {
    await expect(items).toHaveCount(10);
    return items.allInnerTexts();
  };
  const search = page.getByRole('combobox', { name: 'Find an item to rate' });
  const rate = async (title: string) => {
    const before = (await titles()).join('\n');
    await search.fill(title);
    await expect(page.getByRole('option').first()).toContainText(title);
    await search.press('Enter');
    await expect.poll(async () => (await titles()).join('\n')).not.toBe(before);
  };
  await rate('Toy Story');
  await rate('Finding Nemo');
  await rate('Monsters, Inc.');
  const list = (await titles()).join('\n');
  expect(list).toContain('Because you liked');
  await expect(page.getByText('Your ratings (3)')).toBeVisible();

  await page.reload();
  await expect(page.getByText('Your ratings (3)')).toBeVisible();
  await expect.poll(async () => (await titles()).join('\n')).toBe(list);
  studio.expectPrivate();
});

test('a script brings events and items, trains, and asks for recommendations', async ({ page }) => {
  await openStudio(page);
  const answer = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Shop', task: 'recommendation' });
    const events = ['customer,product,day'];
    for (let customer = 0; customer < 30; customer++)
      for (let n = 0; n < 6; n++)
        events.push(
          `c${customer},p${(customer % 2) * 10 + ((customer + n) % 8)},2024-01-${10 + n}`,
        );
    await project.importData([new File([events.join('\n')], 'events.csv')]);
    await project.setEvents({ user: 'customer', item: 'product', value: null, time: 'day' });
    const items = ['product,name,kind'];
    for (let product = 0; product < 18; product++)
      items.push(`p${product},Thing ${product},${product < 10 ? 'tea' : 'coffee'}`);
    await project.importItems([new File([items.join('\n')], 'items.csv')], 'product');
    const run = await project.train({ learner: 'ease', settings: { regularization: 1 } });
    const [best] = await project.recommend({ user: 0 }, { count: 1 });
    return { status: run.status, ndcg: run.metrics.test?.['ndcgAt10'], best };
  });
  expect(answer.status).toBe('completed');
  expect(answer.ndcg).toBeGreaterThan(0.3);
  expect(answer.best?.categories).toEqual(['tea']); // the first customer drinks tea
  expect(answer.best?.title).toMatch(/^Thing \d$/);
});

test('a second tab shows recommenders and follows a taste, but trains and keeps nothing', async ({
  page,
  context,
}) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Shared' });
    await project.loadSample('movielens');
    for (const learner of ['ease', 'most-popular']) await project.train({ learner });
    return project.id;
  });
  const second = await context.newPage();
  const opened = Date.now();
  await openStudio(second, `#/p/${id}/evaluate`);
  const readOnly = second.getByText('This project is open in another tab');
  await expect(readOnly).toBeVisible();
  const board = second.getByRole('table').filter({ hasText: 'Recall@10' });
  await expect(board.getByRole('rowheader')).toHaveText([/EASE/, /Most popular/]);

  await second.getByRole('link', { name: 'Train', exact: true }).first().click();
  await expect(readOnly).toBeVisible();
  await expect(second.getByRole('button', { name: 'Start training' })).toBeDisabled();

  await second.getByRole('link', { name: 'Models' }).first().click();
  await expect(readOnly).toBeVisible();
  await expect(second.getByRole('button', { name: 'Make champion' })).toHaveCount(0);
  await second.getByRole('radio', { name: 'A new person' }).check();
  const items = second.getByRole('list', { name: 'Recommended items' }).getByRole('listitem');
  await expect(items).toHaveCount(10);
  const before = (await items.allInnerTexts()).join();
  const search = second.getByRole('combobox', { name: 'Find an item to rate' });
  await search.fill('Toy Story');
  await expect(second.getByRole('option').first()).toContainText('Toy Story');
  await search.press('Enter');
  await expect(second.getByText('Your ratings (1)')).toBeVisible();
  await expect.poll(async () => (await items.allInnerTexts()).join()).not.toBe(before);
  await expect(second.getByRole('alert')).toHaveText(['']); // where errors would be told

  // The tab that writes has none of it; closed, it lets the other write.
  await page.goto(`/#/p/${id}/models`);
  await expect(page.getByRole('radio', { name: 'A new person' })).not.toBeChecked();
  // A tab that was only just opened would write by itself.
  await second.waitForTimeout(Math.max(0, opened + 7000 - Date.now()));
  await page.close();
  await second.getByRole('button', { name: /Write from this tab/ }).click();
  await expect(readOnly).toHaveCount(0);
  await expect(second.getByRole('button', { name: 'Make champion' })).toBeVisible();
});
