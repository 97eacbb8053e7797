/** What the Train screen says of runs that went wrong, and of settings that don't fit. */
import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

/** Whether some run has a checkpoint in storage. */
function hasCheckpoint(page: Page) {
  return page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const opening = indexedDB.open('glasshouse');
        opening.onsuccess = () => {
          const db = opening.result;
          const all = db.transaction('records').objectStore('records').getAll();
          all.onsuccess = () => {
            db.close();
            const records = all.result as { kind: string; chunks: string[] }[];
            resolve(records.some(({ kind, chunks }) => kind === 'run' && chunks.length > 0));
          };
        };
      }),
  );
}

test('a run whose worker died says why after a reload too, and goes on from its checkpoint', async ({
  page,
}) => {
  const studio = await openStudio(page);
  const found = page.waitForEvent('worker', (worker) => worker.url().includes('training'));
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Crash' });
    await project.loadSample('digits');
    const settings = { learner: 'mlp', epochs: 10_000, earlyStopping: null };
    void project.train(settings).catch(() => undefined);
    return project.id;
  });
  const worker = await found;
  await expect.poll(() => hasCheckpoint(page), { timeout: 60_000 }).toBe(true);
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('lost its mind');
    });
  });
  await page.goto(`/#/p/${id}/train`);
  await expect(page.getByRole('alert').filter({ hasText: 'lost its mind' })).toBeVisible();
  await page.reload();
  const row = page.getByRole('row').filter({ hasText: 'Failed' });
  await expect(row).toContainText('lost its mind');
  await row.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'Why it failed…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Details of/ });
  await expect(dialog).toContainText('lost its mind');
  await expect(dialog).toContainText('Reload the page.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Resume from the last checkpoint' }).click();
  await expect(page.getByText('went on in this epoch from the last checkpoint')).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'lost its mind' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Stop and keep the best' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Stopped' })).toBeVisible();
  studio.expectPrivate();
});

test('the settings of a run that predicted something else are used for what is predicted now', async ({
  page,
}) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Two targets' });
    await project.loadSample('penguins');
    await project.train({ learner: 'logistic-regression', l2: 0.25 });
    await project.train({ learner: 'logistic-regression', target: 'island' });
    return project.id;
  });
  await page.goto(`/#/p/${id}/train`);
  const rows = page.getByRole('row').filter({ hasText: 'Completed' });
  await expect(rows.nth(0)).toContainText('Target: island');
  await expect(rows.nth(1)).toContainText('of “species”');
  await rows
    .nth(1)
    .getByRole('button', { name: /^Actions for/ })
    .click();
  await page.getByRole('menuitem', { name: 'Use these settings' }).click();
  await page.getByText('Advanced').click();
  await expect(page.getByRole('textbox', { name: 'L2' })).toHaveValue('0.25');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(rows).toHaveCount(3);
  await expect(page.getByText('Learns to predict “island”')).toBeVisible();
  await expect(rows.nth(0)).not.toContainText('of “');
  await expect(rows.nth(0)).toContainText('L2: 0.25');
});

test('odd settings are warned of beside their fields, and those that exclude each other are off', async ({
  page,
}) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Odd' });
    await project.loadSample('penguins');
    return project.id;
  });
  await page.goto(`/#/p/${id}/train`);
  const choose = async (name: string, option: string) => {
    await page.getByRole('combobox', { name }).click();
    await page.getByRole('option', { name: option }).click();
  };
  await choose('Learner', 'Neural network (MLP)');
  await page.getByText('Advanced').click();
  const batch = page.getByRole('textbox', { name: 'Batch size' });
  await batch.fill('5000');
  await expect(batch).toHaveAccessibleDescription(/^There are \d+ train rows/);
  await choose('Learning-rate schedule', 'Cosine with warm-up');
  await page.getByRole('textbox', { name: 'Warm-up' }).fill('100');
  await expect(page.getByText('the learning rate is never reached')).toBeVisible();
  await choose('Loss scaling', 'Dynamic');
  await page.getByRole('combobox', { name: 'Precision' }).click();
  const mixed = page.getByRole('option', { name: /^Mixed/ });
  await expect(mixed).toHaveAttribute('data-disabled', '');
  await expect(mixed).toContainText('Not with loss scaling');
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: 'Cores' }).fill('2');
  await expect(page.getByText('With loss scaling one core computes.')).toBeVisible();
});

test('a checked run is drawn, one that is unchecked is not, and an eighth takes the oldest’s place', async ({
  page,
}) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Many' });
    await project.loadSample('iris');
    for (let seed = 1; seed <= 8; seed++)
      await project.train({ learner: 'mlp', backend: 'wasm', epochs: 3, seed });
    return project.id;
  });
  await page.goto(`/#/p/${id}/train`);
  const boxes = page.getByRole('checkbox', { name: /^Show the curves of/ });
  await expect(boxes).toHaveCount(8);
  const checked = () =>
    boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked));
  expect(await checked()).toEqual([...Array<boolean>(7).fill(true), false]);
  await boxes.last().check();
  expect(await checked()).toEqual([...Array<boolean>(6).fill(true), false, true]);
  await boxes.first().uncheck();
  expect(await checked()).toEqual([false, ...Array<boolean>(7).fill(true)]);
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  const lines = page.getByRole('group', { name: 'Loss' }).getByRole('columnheader');
  await expect(lines.filter({ hasText: 'validation' })).toHaveCount(7);
});
