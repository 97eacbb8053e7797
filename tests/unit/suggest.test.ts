import { expect, test } from 'vitest';
import { profileTable } from '../../src/data/profile-table.ts';
import { suggestTargets } from '../../src/data/suggest.ts';
import { tasks } from '../../src/tasks/catalogue.ts';
import { importSample } from '../support/table-files.ts';

test.each([
  ['penguins.csv', 'species'],
  ['sklearn-iris.csv', 'class'],
  ['sklearn-diabetes.csv', 'target'],
  ['ames.csv', 'Sale_Price'],
  ['credit_data.csv', 'Status'],
  ['concrete.csv', 'compressive_strength'],
])('%s is about %s', async (file, target) => {
  const { source } = await importSample(file);
  const { columns } = await profileTable(source);
  const suits = (profile: (typeof columns)[number]) =>
    Math.max(...tasks.map((task) => task.suits(profile)));
  expect(suggestTargets(columns, suits)[0]?.column).toBe(target);
});
