import { expect, test } from 'vitest';
import { dataSetCodec, dataSetKey } from '../../src/data/data-set-codec.ts';
import type { ColumnVector } from '../../src/data/schema.ts';
import { repository } from '../../src/storage/records.ts';
import { columnSource } from '../../workers/column-source.ts';
import { changeType, previewType } from '../../workers/data/change-type.ts';
import { importFiles } from '../../workers/data/import.ts';
import { importSample, importText, testDb } from '../support/table-files.ts';

function valuesOf(vector: ColumnVector): (number | string | null)[] {
  switch (vector.kind) {
    case 'number':
      return [...vector.values];
    case 'code':
      return [...vector.codes].map((code) => vector.dictionary[code] ?? null);
    case 'text':
      return vector.values;
  }
}

test("numbers become categories as the file wrote them, and other columns' bytes are shared", async () => {
  const { db, dataSet } = await importText('code,x\n1.50,1\n2.0,2\n1.50,3\n');
  const changed = await changeType(db, dataSet, 'code', 'category');
  expect(valuesOf(await columnSource(db, changed).column('code'))).toEqual(['1.50', '2.0', '1.50']);
  expect(changed).toMatchObject({
    parent: dataSet.digest,
    change: { type: 'type', column: 'code', from: 'number', to: 'category' },
  });
  expect(changed.digest).not.toBe(dataSet.digest);
  expect(changed.columns[1]).toEqual(dataSet.columns[1]);
  expect(await repository(db, dataSetCodec).get(dataSetKey(changed))).toEqual(changed);
});

test('a word among numbers comes back when the column is made text', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => (i === 40 ? 'oops' : `${i}.5`));
  const { db, dataSet } = await importText(`age\n${rows.join('\n')}\n`);
  const age = columnSource(db, await changeType(db, dataSet, 'age', 'text')).column('age');
  expect(valuesOf(await age)[40]).toBe('oops');
  const preview = await previewType(db, dataSet, 'age', 'text');
  expect(preview.lost).toBe(0);
  expect(preview.examples[0]).toEqual({ row: 41, before: null, after: 'oops' });
});

test('a preview counts the cells that would be lost and shows them first', async () => {
  const { db, dataSet } = await importSample('penguins.csv');
  const preview = await previewType(db, dataSet, 'sex', 'number');
  expect(preview.lost).toBe(333); // palmerpenguins: 11 of 344 have no sex
  expect(preview.examples[0]).toEqual({ row: 1, before: 'male', after: null });
  const mass = await previewType(db, dataSet, 'bill_length_mm', 'integer');
  expect(mass.lost).toBeGreaterThan(300);
});

test('a version that lost duplicated rows is retyped from the cells that it has', async () => {
  const { db, dataSet, source } = await importText('x,y\n1.50,a\n1.50,a\n2,b\n');
  const x = await source.column('x');
  expect(x.kind).toBe('number');
  // As removing duplicates leaves it: fewer rows than the file.
  const shorter = await importText('x,y\n1.50,a\n2,b\n');
  const parent = { ...shorter.dataSet, source: dataSet.source, digest: 'shorter' };
  await repository(shorter.db, dataSetCodec).put(parent);
  for (const chunk of await db.getAll('chunks')) await shorter.db.put('chunks', chunk);
  const changed = await changeType(shorter.db, parent, 'x', 'category');
  expect(valuesOf(await columnSource(shorter.db, changed).column('x'))).toEqual(['1.5', '2']);
});

test('text becomes dates in the format that most of it has', async () => {
  const { db, dataSet } = await importText(
    'when,x\n01.02.2020,1\n13.02.2020,2\nsoon,3\n',
    'a.csv',
    {
      types: { when: 'text' },
    },
  );
  const changed = await changeType(db, dataSet, 'when', 'date');
  expect(changed.columns[0]).toMatchObject({
    dateFormat: '%d.%m.%Y',
    unread: { count: 1, examples: [{ row: 3, text: 'soon' }] },
  });
  expect(valuesOf(await columnSource(db, changed).column('when'))).toEqual([
    Date.UTC(2020, 1, 1),
    Date.UTC(2020, 1, 13),
    NaN,
  ]);
});

test('zeros and ones become a boolean; other numbers are lost as such', async () => {
  const { db, dataSet } = await importText('x,y\n0,1\n1,2\n7,3\n');
  const changed = await changeType(db, dataSet, 'x', 'boolean');
  expect(valuesOf(await columnSource(db, changed).column('x'))).toEqual(['0', '1', null]);
  expect(changed.columns[0]?.unread?.count).toBe(1);
});

test('a column can only be a category with at most 65,536 values', async () => {
  const rows = Array.from({ length: 66_000 }, (_, i) => `${i}.5`);
  const { db, dataSet } = await importText(`x\n${rows.join('\n')}\n`);
  await expect(changeType(db, dataSet, 'x', 'category')).rejects.toThrow(
    'Column "x" has 66000 different values, more than the 65536 that a category may have; text can hold them',
  );
});

test('a column that is not there, or has the type already, changes nothing', async () => {
  const { db, dataSet } = await importText('x,y\n0,1\n1,2\n7,3\n');
  await expect(changeType(db, dataSet, 'z', 'text')).rejects.toThrow('There is no column "z"');
  expect(await changeType(db, dataSet, 'y', 'integer')).toEqual(dataSet);
});

test('a change that leads back to an earlier version gives that version, with its own parent', async () => {
  const { db, dataSet } = await importText('x,y\na,1\nb,2\n');
  const text = await changeType(db, dataSet, 'x', 'text');
  const back = await changeType(db, text, 'x', 'category');
  expect(back).toEqual(dataSet);
  expect(await repository(db, dataSetCodec).get(dataSetKey(dataSet))).toEqual(dataSet);
});

test('files of one table are read again each in its own dialect', async () => {
  const db = await testDb();
  const files = {
    'a.csv': 'x,y\n1.50,a\n2.50,b\n',
    'b.csv': 'x;y\n3.50;é\n4.50;d\n',
    'c.jsonl': '{"x":"5.50","y":"e"}\n',
  };
  const request = {
    projectId: 'p',
    name: 'three files',
    files: Object.entries(files).map(([name, text]) => ({ name, blob: new Blob([text]) })),
  };
  const dataSet = await importFiles(db, request, () => undefined);
  expect(dataSet.source.map(({ dialect }) => dialect)).toMatchObject([
    { delimiter: ',' },
    { delimiter: ';' },
    { format: 'jsonl' },
  ]);
  const text = await changeType(db, dataSet, 'x', 'text');
  expect(valuesOf(await columnSource(db, text).column('x'))).toEqual([
    '1.50',
    '2.50',
    '3.50',
    '4.50',
    '5.50',
  ]);
});

test.each(['user', 'item', 'time', 'target'] as const)(
  'the column of the %s stays it when its type becomes id, as the message about huge ids advises',
  async (role) => {
    const { db, dataSet } = await importText('code,x\n90071992547409910,1\n1.5,2\n');
    const columns = dataSet.columns.map((column, i) => (i === 0 ? { ...column, role } : column));
    const feature = await changeType(db, dataSet, 'code', 'id');
    expect(feature.columns[0]?.role).toBe('ignored');
    await repository(db, dataSetCodec).put({ ...dataSet, columns });
    const changed = await changeType(db, dataSet, 'code', 'id');
    expect(changed.columns[0]).toMatchObject({ name: 'code', type: 'id', role });
  },
);
