import { expect, test } from 'vitest';
import { textAt } from '../../src/data/vector.ts';
import { importText } from '../support/table-files.ts';

test.each([
  ['both', '05/06/2024', '2024-02-01', ['ambiguous-date']],
  ['day first', '25/12/2024', '2024-02-01', []],
  ['month first', '12/25/2024', '2024-01-02', []],
])('one late date settles %s for the whole column', async (_, late, firstDay, notes) => {
  const { dataSet, source } = await importText(
    `day\n${'01/02/2024\n03/04/2024\n'.repeat(4000)}${late}\n`,
  );
  const day = await source.column('day');
  expect(day.kind === 'number' && new Date(day.values[0] ?? NaN).toISOString().slice(0, 10)).toBe(
    firstDay,
  );
  expect(dataSet.columns[0]?.unread).toBeUndefined();
  expect(dataSet.notes.map(({ type }) => type)).toEqual(notes);
});

test('a day that is in no calendar is no date', async () => {
  const days = Array.from({ length: 3000 }, (_, i) =>
    new Date(i * 86_400_000).toISOString().slice(0, 10),
  );
  const { dataSet } = await importText(`day\n${[...days, '2024-02-30'].join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({
    type: 'date',
    unread: { count: 1, examples: [{ row: 3001, text: '2024-02-30' }] },
  });
});

const rows123 = { x: ['1', '3', '5'], y: ['2', '4', '6'] };
test.each<[string, string, Record<string, string[]>]>([
  [
    'a header of R without the name of the row numbers',
    'x,y\na,1,2\nb,3,4\nc,5,6\n',
    { ...rows123, 'column 1': ['a', 'b', 'c'] },
  ],
  ['a delimiter at the end of each row', 'x,y\n1,2,\n3,4,\n5,6,\n', rows123],
  ['a title and an empty line', 'Report 2024\n\nx,y\n1,2\n3,4\n5,6\n', rows123],
  ['comments', '# made by hand\n# x is in m\nx,y\n1,2\n3,4\n5,6\n', rows123],
  ['line ends of Windows beside quotes', 'x,y\r\n1,"2"\r\n3,4\r\n5,"6"\r\n', rows123],
  ['lone carriage returns', 'x,y\r1,2\r3,4\r5,6\r', rows123],
  [
    'tabs between cells with commas',
    'x\ty\n1,2,3\t4\n5,6,7\t8\n',
    { x: ['1,2,3', '5,6,7'], y: ['4', '8'] },
  ],
])('a table with %s keeps its names and all its rows', async (_, text, expected) => {
  const { dataSet, source } = await importText(text);
  expect(dataSet.columns.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, cells] of Object.entries(expected)) {
    const vector = await source.column(name);
    expect(Array.from({ length: dataSet.rows }, (_, row) => textAt(vector, row))).toEqual(cells);
  }
  expect(dataSet.notes).toEqual([]);
});

test('a damaged byte does not turn a UTF-8 file into another encoding', async () => {
  const text = new TextEncoder().encode(`x,y\n${'a,é\n'.repeat(50)}b,`);
  const { dataSet, source } = await importText(Uint8Array.of(...text, 0xff, 10));
  expect(textAt(await source.column('y'), 0)).toBe('é');
  expect(dataSet.notes).toEqual([{ type: 'undecodable-bytes', encoding: 'utf-8' }]);
});

test('a few names in GBK are read as such', async () => {
  // 姓名,b / 张三,1 / 李四,2 / 北京,3 by Python's codec
  const bytes = Buffer.from('d0d5c3fb2c620ad5c5c8fd2c310ac0eecbc42c320ab1b1bea92c330a', 'hex');
  const { source } = await importText(new Uint8Array(bytes));
  const names = await source.column('姓名');
  expect([0, 1, 2].map((row) => textAt(names, row))).toEqual(['张三', '李四', '北京']);
});
