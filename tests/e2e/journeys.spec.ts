import { expect, test } from '@playwright/test';
import { openStudio } from './support.ts';

test('from a sample to a trained, measured, tried and kept model, by hand', async ({ page }) => {
  const studio = await openStudio(page);

  // Three clicks to a trained model
  await page.getByRole('button', { name: /Palmer penguins/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeVisible();
  await page.getByRole('link', { name: 'Continue to training' }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText(/is trained: Accuracy 9\d/)).toBeVisible();
  await expect(page.getByRole('row', { name: /Completed/ })).toBeVisible();

  await page.getByRole('link', { name: 'Evaluate' }).click();
  await expect(page.getByRole('row', { name: /^Accuracy 9/ })).toBeVisible();
  await page.getByRole('button', { name: '30 rows of Adelie predicted as Adelie' }).click();
  await expect(page.getByRole('dialog').getByRole('row')).toHaveCount(31);
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Models' }).click();
  const answer = page.getByRole('status').filter({ hasText: 'species' });
  await expect(answer).toBeVisible();
  await page.getByLabel('body_mass_g').fill('6000');
  await page.getByLabel('flipper_length_mm').fill('230');
  await page.getByLabel('bill_depth_mm').fill('14');
  await expect(answer).toContainText('Gentoo');

  await page.reload();
  await expect(page.getByRole('button', { name: /Version 1/ })).toBeVisible();
  await page.getByRole('link', { name: 'Train' }).click();
  await expect(page.getByRole('row', { name: /Completed/ })).toBeVisible();
  studio.expectPrivate();
});

test('a table of one’s own: brought, given a target, mended and undone', async ({ page }) => {
  await openStudio(page);
  const rows = Array.from({ length: 80 }, (_, i) => `${i},${i % 2 ? 'yes' : 'no'},${i * 3},same`);
  await page.getByLabel('Choose files').setInputFiles({
    name: 'churn.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`months,churn,spend,fixed\n${rows.join('\n')}\n`),
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText('80 rows, 4 columns')).toBeVisible();
  await page.getByRole('button', { name: 'Suggested: churn' }).click();
  await expect(page.getByRole('link', { name: 'Continue to training' })).toBeVisible();
  await expect(page.getByText('“fixed” is “same” in every row')).toBeVisible();
  await page
    .locator('.notice', { hasText: '“fixed”' })
    .getByRole('button', { name: 'Ignore the column' })
    .click();
  await expect(page.getByText('“fixed” is “same” in every row')).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('“fixed” is “same” in every row')).toBeVisible();
  await page.getByPlaceholder('Search in the rows').fill('yes');
  await expect(page.getByText(/Rows 1–\d+ of 40/)).toBeVisible();
});

test('a broken file says what is wrong, and where nothing was, nothing is', async ({ page }) => {
  await openStudio(page);
  await page.getByLabel('Choose files').setInputFiles({
    name: 'photo.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  });
  await expect(
    page.getByRole('alert').filter({ hasText: '"photo.csv" is a PNG image' }),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(page.getByText('No projects yet')).toBeVisible();
});

test('a file that was read wrongly is read again from what was kept', async ({ page }) => {
  await openStudio(page);
  await page.getByLabel('Choose files').setInputFiles({
    name: 'codes.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`north,1\nsouth,2\n${'east,3\nwest,4\n'.repeat(20)}`),
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText(/4[12] rows, 2 columns/)).toBeVisible();
  await page.getByText('How “codes.csv” was read').click();
  const names = page.getByLabel('The first line has names');
  const hadNames = await names.isChecked();
  await names.setChecked(!hadNames);
  await page.getByRole('button', { name: 'Read again' }).click();
  await expect(
    page.getByText(hadNames ? '42 rows, 2 columns' : '41 rows, 2 columns'),
  ).toBeVisible();
});
