import { expect, test } from 'vitest';
import { changeDataSet } from '../../src/data/change-data-set.ts';
import { dataSetCodec } from '../../src/data/data-set-codec.ts';
import type { RowQuery } from '../../src/rpc/contracts.ts';
import { columnSource } from '../../workers/column-source.ts';
import { exportCsv } from '../../workers/data/export-csv.ts';
import { removeDuplicates } from '../../workers/data/remove-duplicates.ts';
import { queryRows } from '../../workers/data/rows.ts';
import { importText } from '../support/table-files.ts';

const table = 'n,c,when\n3,b,2024-01-02\n10,a,2024-01-01\n,B2,2024-03-01\n2,b,\n3,b,2024-01-02\n';
const all: RowQuery = { start: 0, count: 10 };

async function rowNumbers(query: Partial<RowQuery>) {
  const { source } = await importText(table);
  return (await queryRows(source, { ...all, ...query })).rowNumbers;
}

test('rows come as they are shown, and only as many as are asked for', async () => {
  const { source } = await importText(table);
  const { total, rowNumbers: rows, cells } = await queryRows(source, { start: 1, count: 2 });
  expect([total, rows]).toEqual([5, [1, 2]]);
  expect(cells).toEqual([
    ['10', 'a', '2024-01-01'],
    [null, 'B2', '2024-03-01'],
  ]);
  expect((await queryRows(source, { start: 99, count: 5 })).rowNumbers).toEqual([]);
});

test('sorting is by value, stable, with missing cells last either way', async () => {
  expect(await rowNumbers({ sort: { column: 'n', descending: false } })).toEqual([3, 0, 4, 1, 2]);
  expect(await rowNumbers({ sort: { column: 'n', descending: true } })).toEqual([1, 0, 4, 3, 2]);
  expect(await rowNumbers({ sort: { column: 'c', descending: false } })).toEqual([1, 0, 3, 4, 2]);
  expect(await rowNumbers({ sort: { column: 'when', descending: false } })).toEqual([
    1, 0, 4, 2, 3,
  ]);
});

test('searching finds text in any column or in one, case aside', async () => {
  expect(await rowNumbers({ search: { text: 'B' } })).toEqual([0, 2, 3, 4]);
  expect(await rowNumbers({ search: { text: '2', column: 'c' } })).toEqual([2]);
  expect(await rowNumbers({ search: { text: '2024-01' } })).toEqual([0, 1, 4]);
  expect(await rowNumbers({ search: { text: 'zzz' } })).toEqual([]);
  expect(await rowNumbers({ rows: Uint32Array.of(4, 1), search: { text: 'a' } })).toEqual([1]);
});

test('each change is a new version that shares the bytes, and undoing it finds the old digest', async () => {
  const { dataSet } = await importText(table);
  const changed = await changeDataSet(dataSet, { type: 'role', column: 'c', to: 'target' });
  expect(changed.digest).not.toBe(dataSet.digest);
  expect(changed.parent).toBe(dataSet.digest);
  expect(changed.columns.map(({ blocks }) => blocks)).toEqual(
    dataSet.columns.map(({ blocks }) => blocks),
  );
  const back = await changeDataSet(changed, { type: 'role', column: 'c', to: 'feature' });
  expect(back.digest).toBe(dataSet.digest);
  const other = await changeDataSet(changed, { type: 'role', column: 'n', to: 'target' });
  expect(other.columns.map(({ role }) => role)).toEqual(['target', 'feature', 'feature']);
  const same = await changeDataSet(dataSet, { type: 'role', column: 'c', to: 'feature' });
  expect(same).toBe(dataSet);
});

test('changes that can not be are refused with the reason', async () => {
  const { dataSet } = await importText(table);
  await expect(changeDataSet(dataSet, { type: 'rename', column: 'n', to: 'c' })).rejects.toThrow(
    'There is a column "c" already',
  );
  await expect(changeDataSet(dataSet, { type: 'role', column: 'x', to: 'target' })).rejects.toThrow(
    'There is no column "x"',
  );
  await expect(
    changeDataSet(dataSet, {
      type: 'split',
      to: { type: 'time', column: 'when', validation: 0.5, test: 0.5 },
    }),
  ).rejects.toThrow('validation 0.5 and test 0.5 leave nothing to train on');
});

test('a split that is asked for now stratifies numbers by bins, and one that was stored stays as it is', async () => {
  const { dataSet } = await importText('n,c\n1,x\n2,y\n');
  const first = { type: 'random', seed: 1, validation: 0.1, test: 0.2, stratify: true } as const;
  const stored = { ...dataSet, split: first };
  const renamed = await changeDataSet(stored, { type: 'rename', column: 'n', to: 'm' });
  expect(renamed.split).toEqual(first);
  expect(dataSetCodec.decode(stored).split).toEqual(first);
  const asked = await changeDataSet(stored, { type: 'split', to: first });
  expect(asked.split).toEqual({ ...first, bins: 10 });
  expect(dataSetCodec.decode(asked).split).toEqual(asked.split);
});

test('a column that the split names may be renamed', async () => {
  const { dataSet } = await importText(table);
  const split = await changeDataSet(dataSet, {
    type: 'split',
    to: { type: 'group', column: 'c', seed: 1, validation: 0, test: 0.2 },
  });
  const renamed = await changeDataSet(split, { type: 'rename', column: 'c', to: 'group' });
  expect(renamed.split).toMatchObject({ column: 'group' });
});

test('repeated rows go, the first of each stays', async () => {
  const { db, source } = await importText(table);
  const next = await removeDuplicates(db, source);
  expect([next.rows, next.change]).toEqual([4, { type: 'remove-duplicates', rows: 1 }]);
  const rows = await queryRows(columnSource(db, next), all);
  expect(rows.cells.map(([n]) => n)).toEqual(['3', '10', null, '2']);
});

test('exported text can not become a formula, and numbers stay numbers', async () => {
  const { source } = await importText('=a,n\n=1+1,-5\n@x,2\n"say ""hi"", you",3\n');
  const csv = await (await exportCsv(source, [{ name: 'answer', cells: ['+1', 2, null] }])).text();
  expect(csv).toBe(`'=a,n,answer\r\n'=1+1,-5,'+1\r\n'@x,2,2\r\n"say ""hi"", you",3,\r\n`);
});
