import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { ImportProgress } from '../../src/rpc/contracts.ts';
import { preview } from '../../workers/data/preview.ts';
import { readTable } from '../../workers/data/read-table.ts';

const file = (content: string | Uint8Array<ArrayBuffer>, name = 'table.csv') => ({
  name,
  blob: new Blob([content]),
});

test("a table is read into memory with a model's types; other columns stay as they were written", async () => {
  const { rows, columns } = await readTable(file('age;sex;note\n1,50;m;007\n?;f;1.0\nold;f;\n'), {
    types: { age: 'number', sex: 'category' },
  });
  expect(rows).toBe(3);
  expect(columns).toEqual([
    {
      name: 'age',
      type: 'number',
      vector: { kind: 'number', values: Float64Array.of(1.5, NaN, NaN) },
      unread: { count: 1, examples: [{ row: 3, text: 'old' }] },
    },
    {
      name: 'sex',
      type: 'category',
      vector: { kind: 'code', codes: Int32Array.of(0, 1, 1), dictionary: ['m', 'f'] },
    },
    { name: 'note', type: 'text', vector: { kind: 'text', values: ['007', '1.0', null] } },
  ]);
});

test('without types they are found, over several blocks', async () => {
  const lines = Array.from({ length: 140_000 }, (_, i) => `${i},${i % 7 ? 'a' : 'b'}`);
  const told: ImportProgress[] = [];
  const { rows, columns } = await readTable(file(`n,c\n${lines.join('\n')}`), {
    onProgress: (progress) => told.push(progress),
  });
  expect(rows).toBe(140_000);
  const [n, c] = columns;
  expect(n?.vector.kind === 'number' && n.vector.values[139_999]).toBe(139_999);
  expect(c?.vector.kind === 'code' && c.vector.codes.filter((code) => code === 0).length).toBe(
    20_000,
  );
  expect(told.at(-1)).toMatchObject({ rows: 140_000, secondsLeft: 0 });
});

test('a file without rows has nothing to answer', async () => {
  await expect(readTable(file('a,b\n'))).rejects.toThrow('"table.csv" has no rows');
});

test('a preview shows the dialect, the types and the first rows as text', async () => {
  const penguins = new Uint8Array(await readFile('public/samples/penguins.csv'));
  const shown = await preview([file(penguins, 'penguins.csv')]);
  expect(shown.dialect).toEqual({
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    quote: '"',
    header: true,
    skipLines: 0,
  });
  expect(shown.columns.map(({ type }) => type)).toEqual([
    ...['category', 'category', 'number', 'number', 'integer', 'integer', 'category'],
  ]);
  expect(shown.rows).toHaveLength(50);
  expect(shown.rows[3]).toEqual(['Adelie', 'Torgersen', '', '', '', '', '']);
});

test('a preview follows a dialect that a person sets', async () => {
  const shown = await preview([file('a b\n1;2 3;4\n5;6 7;8\n')], { delimiter: ' ', header: false });
  expect(shown.columns).toHaveLength(2);
  expect(shown.rows[0]).toEqual(['a', 'b']);
});

test('a preview of a long file reads its beginning only', async () => {
  let read = 0;
  const blob = new Blob(['1234567,abcdefgh\n'.repeat(2_000_000)]);
  const slice = blob.slice.bind(blob);
  Object.assign(blob, {
    slice(start: number, end: number) {
      const part = slice(start, end);
      read += part.size;
      return part;
    },
  });
  const shown = await preview([{ name: 'long.csv', blob }]);
  expect(shown.rows).toHaveLength(50);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(4e6);
});

test('a preview of several files says which of them do not go with the first', async () => {
  const { columns, others } = await preview([
    file('a,b\n1,2\n', 'one.csv'),
    file('a,b\n3,4\n', 'two.csv'),
    file('a,c\n5,6\n', 'three.csv'),
    file('', 'empty.csv'),
  ]);
  expect(columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(others).toEqual([
    { name: 'two.csv', problem: null },
    { name: 'three.csv', problem: '"three.csv": column 2 is "c", in the first file it is "b"' },
    { name: 'empty.csv', problem: expect.stringContaining('"empty.csv" is empty') as string },
  ]);
});
