import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

const csv = (name: string, content: string) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(content),
});

async function penguins(page: Page) {
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Birds' });
    await project.loadSample('penguins');
    return project.id;
  });
  await page.goto(`/#/p/${id}/data`);
  await expect(page.getByText('344 rows, 7 columns')).toBeVisible();
}

async function expectNoViolations(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('files are looked at before they are imported: cut otherwise, typed, left out, then brought', async ({
  page,
}) => {
  const studio = await openStudio(page);
  const rows = Array.from({ length: 60 }, (_, i) => `${1000 + (i % 7)};${i},5;${i % 2}`);
  const table = `zip;size;sold\n${rows.join('\n')}\n`;
  await page
    .getByLabel('Choose files')
    .setInputFiles([
      csv('a.csv', table),
      csv('b.csv', table),
      csv('c.csv', table.replace('size', 'weight')),
    ]);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'Import a.csv, b.csv, c.csv' })).toBeVisible();
  await expect(dialog.getByText('3 files, ')).toBeVisible();
  await expect(dialog.getByRole('columnheader')).toHaveCount(3);
  await expectNoViolations(page);

  // A file that doesn't go with the first is named, and can be left out
  const bring = dialog.getByRole('button', { name: 'Import', exact: true });
  await expect(dialog.getByRole('alert').filter({ hasText: 'column 2 is "weight"' })).toBeVisible();
  await expect(bring).toBeDisabled();
  await dialog.getByRole('button', { name: 'Leave out c.csv' }).click();
  await expect(bring).toBeEnabled();

  await dialog.getByRole('combobox', { name: 'Cells are separated by' }).click();
  await page.getByRole('option', { name: 'Comma' }).click();
  await expect(dialog.getByRole('columnheader')).not.toHaveCount(3);
  await dialog.getByRole('combobox', { name: 'Cells are separated by' }).click();
  await page.getByRole('option', { name: 'Semicolon' }).click();
  await expect(dialog.getByRole('columnheader')).toHaveCount(3);
  await dialog.getByRole('combobox', { name: 'Type of zip' }).click();
  await page.getByRole('option', { name: 'Category' }).click();
  await dialog.getByRole('checkbox', { name: 'Import the column sold' }).uncheck();
  await bring.click();
  await expect(page.getByText('120 rows, 2 columns')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Type of zip' })).toHaveText('Category');
  await expect(page.getByRole('combobox', { name: 'Type of size' })).toHaveText('Number');
  studio.expectPrivate();
});

test('Enter imports what was looked at; a broken file shows why, and what was there stays', async ({
  page,
}) => {
  await openStudio(page);
  const id = await page.evaluate(
    async () => (await window.glasshouse.createProject({ name: 'Empty' })).id,
  );
  await page.goto(`/#/p/${id}/data`);
  const dialog = page.getByRole('dialog');
  await page.getByLabel('Choose files').setInputFiles(csv('good.csv', 'a,b\n1,2\n3,4\n'));
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 rows, 2 columns')).toBeVisible();

  await page.getByRole('button', { name: 'Bring other data' }).click();
  await page.getByLabel('Choose files').setInputFiles(csv('empty.csv', ''));
  await expect(dialog.getByRole('alert').filter({ hasText: '"empty.csv" is empty' })).toContainText(
    'Mend the file',
  );
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('2 rows, 2 columns')).toBeVisible();
});

test('a column is inspected beside the table, and over it where there is no room', async ({
  page,
}) => {
  const studio = await openStudio(page);
  await penguins(page);
  const open = page.getByRole('button', { name: 'All figures of body_mass_g' });
  await open.focus();
  await page.keyboard.press('Enter');
  const inspector = page.getByRole('complementary', { name: 'All figures of body_mass_g' });
  // NumPy's quantiles of the column
  await expect(
    inspector.getByText('Median (50 %)', { exact: true }).locator('../..'),
  ).toContainText('4,050');
  await expect(inspector.getByText('Quantile 99 %').locator('../..')).toContainText('5,979.5');
  await expect(inspector.getByRole('figure')).toContainText('between 3,550 and 4,750');
  await inspector.getByRole('button', { name: 'Show as table' }).click();
  await expect(inspector.getByRole('columnheader', { name: 'Rows' })).toBeVisible();
  await inspector.getByRole('button', { name: 'Quantile 75 %' }).click();
  await expect(page.getByRole('dialog', { name: 'Quantile' })).toContainText(
    'Here: 75 % of the values are at most 4,750.',
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expectNoViolations(page);

  // Its use is changed where it is looked at, and the figures stay
  await inspector.getByRole('combobox', { name: 'Use' }).click();
  await page.getByRole('option', { name: 'Ignored' }).click();
  await expect(inspector.getByRole('combobox', { name: 'Use' })).toHaveText('Ignored');
  await expect(inspector.getByRole('button', { name: 'Prepare' })).toBeHidden();
  await inspector.getByRole('heading', { name: 'body_mass_g', exact: true }).focus();
  await page.keyboard.press('Escape');
  await expect(inspector).toBeHidden();
  await expect(open).toBeFocused();

  await page.setViewportSize({ width: 820, height: 900 });
  await page.getByRole('button', { name: 'All figures of species' }).click();
  const dialog = page.getByRole('dialog', { name: 'species' });
  await expect(dialog.getByRole('figure')).toContainText(
    '“Adelie” is the most frequent: 152 rows, 44.2%',
  );
  await expectNoViolations(page);
  studio.expectPrivate();
});

test('a split is counted before training; versions are gone back to, redone, and know their runs', async ({
  page,
}) => {
  const studio = await openStudio(page);
  await penguins(page);
  const counts = page.getByRole('group', { name: 'Rows in each part' });
  const total = counts.getByRole('row', { name: /^Rows \d/ });
  await expect(total).toHaveText(/Rows\s*223\s*52\s*69/);
  await expect(counts.getByRole('row', { name: /^Chinstrap/ })).toHaveText(/44\s*10\s*14/);
  await page.getByRole('textbox', { name: 'Test' }).fill('90');
  await page.keyboard.press('Tab');
  await expect(
    page.getByRole('alert').filter({ hasText: 'leave nothing to train on' }),
  ).toBeVisible();
  await page.getByRole('textbox', { name: 'Test' }).fill('40');
  await page.keyboard.press('Tab');
  await expect(total).toHaveText(/138/);
  await page.getByRole('button', { name: 'Apply split' }).click();
  await expect(page.getByRole('button', { name: 'Apply split' })).toBeHidden();
  await page.evaluate(async () => {
    const [project] = await window.glasshouse.projects();
    const session = await window.glasshouse.openProject(project?.id ?? '');
    await session.train({ learner: 'logistic-regression' });
  });

  await page.getByRole('button', { name: 'Versions of the data' }).click();
  const dialog = page.getByRole('dialog');
  const newest = dialog.getByRole('listitem').first();
  await expect(newest).toContainText('Another split');
  await expect(newest).toContainText(/Trained on by \w+-\w+/);
  await expectNoViolations(page);
  await dialog.getByRole('listitem').last().getByRole('button', { name: 'Use this one' }).click();
  await expect(dialog.getByRole('listitem').last()).toContainText('In use');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('textbox', { name: 'Test' })).toHaveValue('20');
  await expect(page.getByText('Choose what is to be predicted first.')).toBeVisible();
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(page.getByText('Choose what is to be predicted first.')).toBeHidden();
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(page.getByRole('textbox', { name: 'Test' })).toHaveValue('40');
  await expect(page.getByRole('button', { name: 'Redo' })).toBeDisabled();
  studio.expectPrivate();
});
