import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { dataSetCodec } from '../../src/data/data-set-codec.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import type { ColumnVector } from '../../src/data/schema.ts';
import { textAt } from '../../src/data/vector.ts';
import { chunkBytes } from '../../src/storage/chunks.ts';
import { repository } from '../../src/storage/records.ts';
import type { ImportProgress } from '../../src/rpc/contracts.ts';
import { importFiles } from '../../workers/data/import.ts';
import { importText, testDb } from '../support/table-files.ts';

const texts = (vector: ColumnVector, rows: number) =>
  Array.from({ length: rows }, (_, row) => textAt(vector, row));

const file = (content: string | Uint8Array<ArrayBuffer>, name = 'table.csv') => ({
  name,
  blob: new Blob([content]),
});

test.each([
  ['\\r\\n', 'a,b\r\n1,x\r\n2,"y"\r\n'],
  ['\\r', 'a,b\r1,x\r2,"y"\r'],
  ['\\n and \\r\\n mixed', 'a,b\n1,x\r\n2,"y"\n'],
  ['blank ones between', 'a,b\n\n1,x\n\n\n2,"y"\n\n'],
])('lines may end in %s', async (_name, text) => {
  const { dataSet, source } = await importText(text);
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(texts(await source.column('b'), dataSet.rows)).toEqual(['x', 'y']);
});

test.each([
  ['a title and a blank line', 'Sales of 2024\n\na,b\n1,x\n2,y\n'],
  ['a title with an odd quote', 'Bob"s sales\na,b\n1,x\n2,y\n'],
  ["Excel's own line", 'sep=;\r\na;b\r\n1;x\r\n2;y\r\n'],
])('%s before the table loses no row', async (_name, text) => {
  const { dataSet, source } = await importText(text);
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(texts(await source.column('a'), dataSet.rows)).toEqual(['1', '2']);
});

test('a column whose name begins with # is no comment', async () => {
  const { dataSet } = await importText('#id\tvalue\n1\t2\n3\t4\n');
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['#id', 'value']);
  expect(dataSet.rows).toBe(2);
});

test('lines of prose are one column, whatever commas they hold', async () => {
  const { dataSet } = await importText('review\nGood, really\nBad\nFine\nSo so\n');
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['review']);
  expect(dataSet.rows).toBe(4);
});

test('a quote that spans the pieces of a long file stays one cell', async () => {
  const long = 'word\n'.repeat(200_000);
  const { dataSet, source } = await importText(`a,b\n1,"${long}"\n2,x\n`);
  expect(dataSet.rows).toBe(2);
  expect(textAt(await source.column('b'), 0)).toBe(long);
});

test('a byte of zero in a cell is kept', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `some text ${i},${i}`).join('\n');
  const { source } = await importText(`a,b\nx\u0000y,7\n${rows}\n`);
  expect(textAt(await source.column('a'), 0)).toBe('x\u0000y');
});

test('the header of a wide table may be longer than what is looked at first', async () => {
  const names = Array.from(
    { length: 9_000 },
    (_, i) => `a name of some forty letters, number ${i}`,
  );
  const row = names.map((_, i) => i).join(',');
  const { dataSet } = await importText(`${names.map((n) => `"${n}"`).join(',')}\n${row}\n${row}\n`);
  expect(dataSet.columns.length).toBe(9_000);
  expect(dataSet.columns[8_999]?.name).toBe('a name of some forty letters, number 8999');
  expect(dataSet.notes).toEqual([]);
});

test('a later way of writing dates is found by reading again', async () => {
  const day = (i: number) => (i < 6000 ? (i % 12) + 1 : (i % 28) + 1);
  const rows = Array.from({ length: 8000 }, (_, i) => `03/${String(day(i)).padStart(2, '0')}/2024`);
  const { dataSet, source } = await importText(`when\n${rows.join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({ type: 'date', dateFormat: '%m/%d/%Y' });
  const when = await source.column('when');
  expect(when.kind === 'number' && when.values[0]).toBe(Date.UTC(2024, 2, 1));
  expect(dataSet.columns[0]?.unread).toBeUndefined();
});

test('a decimal comma that first comes late is found by reading again', async () => {
  const rows = Array.from({ length: 8000 }, (_, i) => (i < 6000 ? i : `${i},25`));
  const { dataSet, source } = await importText(`x;y\n${rows.map((x) => `${x};1`).join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({ type: 'number', decimalComma: true });
  expect(textAt(await source.column('x'), 7999)).toBe('7999.25');
});

test('"0,125" is a decimal comma, not 125', async () => {
  const { source } = await importText('x;y\n0,125;a\n0,250;b\n1,500;c\n');
  expect(await source.column('x')).toMatchObject({ values: Float64Array.of(0.125, 0.25, 1.5) });
});

test('integers that turn fractional later are numbers, without reading again', async () => {
  const rows = Array.from({ length: 8000 }, (_, i) => (i < 6000 ? i : i + 0.5));
  const { dataSet } = await importText(`x\n${rows.join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({ type: 'number' });
});

test('a boolean that says "maybe" later is a category', async () => {
  const rows = Array.from({ length: 8000 }, (_, i) => (i < 6000 ? ['yes', 'no'][i % 2] : 'maybe'));
  const { dataSet } = await importText(`x,y\n${rows.map((x, i) => `${x},${i}`).join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({ type: 'category' });
});

test('a category that turns out to have 70,000 values is text', async () => {
  const rows = Array.from({ length: 80_000 }, (_, i) => (i < 6000 ? `v${i % 9}` : `v${i}`));
  const { dataSet, source } = await importText(`x,y\n${rows.map((x) => `${x},1`).join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({ type: 'text', role: 'ignored' });
  expect(textAt(await source.column('x'), 79_999)).toBe('v79999');
});

test('a type that a person asks for stays, however many cells are lost', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => (i % 2 ? i : `part ${i}`));
  const { dataSet } = await importText(`x\n${rows.join('\n')}\n`, 'a.csv', {
    types: { x: 'number' },
  });
  expect(dataSet.columns[0]).toMatchObject({ type: 'number', unread: { count: 50 } });
});

test('names that a person gives are made unique', async () => {
  const { dataSet } = await importText('1,2\n3,4\n', 'a.csv', { columnNames: ['x', 'x'] });
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['x', 'x (2)']);
});

test('an encoding that does not exist is refused', async () => {
  await expect(importText('a\n1\n', 'a.csv', { dialect: { encoding: 'klingon' } })).rejects.toThrow(
    'No encoding is called "klingon"',
  );
});

test('several files: ragged rows are counted over all of them', async () => {
  const { dataSet } = await importText('', 'x', {
    files: [file('a,b\n1\n2,x\n'), file('a,b\n3,y\n4\n5\n')],
  });
  expect(dataSet.rows).toBe(5);
  expect(dataSet.notes).toEqual([{ type: 'short-rows', count: 3, row: 1 }]);
});

test('a record of JSON has no members by nature', async () => {
  const { source } = await importText('[{"x":1,"constructor":"a"},{"x":2}]', 'a.json');
  expect(texts(await source.column('constructor'), 2)).toEqual(['a', '']);
});

test.each([
  ['{columns, data}', '{"columns":["a","b"],"data":[[1,"x"],[2,"y"]]}'],
  ['records under a name', '{"rows":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}'],
  ['JSON Lines named .json', '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'],
])('JSON may be %s', async (_name, text) => {
  const { dataSet, source } = await importText(text, 'a.json');
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(texts(await source.column('b'), 2)).toEqual(['x', 'y']);
});

test('members that only later JSON lines have are left out and noted', async () => {
  const lines = Array.from({ length: 100_000 }, (_, i) =>
    JSON.stringify(i === 99_000 ? { x: i, late: 1 } : { x: i }),
  );
  const { dataSet } = await importText(lines.join('\n'), 'a.jsonl');
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['x']);
  expect(dataSet.notes).toEqual([{ type: 'left-out-member', name: 'late', row: 99_001 }]);
});

test('a syntax error in JSON is told with its place', async () => {
  await expect(importText('[{"a":1},{"a":2,}]', 'a.json')).rejects.toThrow(
    /^"a\.json" is not valid JSON: .*position 16/,
  );
});

// Written by pyarrow 25 in row groups of three rows
test.each(['snappy', 'zstd', 'gzip'])(
  'Parquet packed by %s is read with its types',
  async (packer) => {
    const bytes = new Uint8Array(await readFile(`tests/fixtures/parquet/types-${packer}.parquet`));
    const { dataSet, source } = await importText(bytes, 'types.parquet');
    expect(dataSet.rows).toBe(8);
    expect(dataSet.columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'count: category', // 9007199254740993 is beyond what a number holds exactly
      'measure: number',
      'city: category',
      'active: boolean',
      'day: date',
      'moment: date',
      'list: category',
    ]);
    expect(texts(await source.column('count'), 8)[7]).toBe('9007199254740993');
    expect(await source.column('measure')).toMatchObject({
      values: Float64Array.of(0.5, 1.25, NaN, Infinity, -2, 3, 1e-9, 4),
    });
    expect(texts(await source.column('city'), 5)).toEqual(['北京', '上海', '', '北京', '<b>']);
    expect(texts(await source.column('active'), 3)).toEqual(['true', 'false', '']);
    expect(texts(await source.column('list'), 3)).toEqual(['[1,2]', '[]', '']);
    const day = await source.column('day');
    expect(day.kind === 'number' && day.values[7]).toBe(Date.UTC(2020, 0, 8));
    const moment = await source.column('moment');
    expect(moment.kind === 'number' && moment.values[7]).toBe(Date.UTC(2020, 0, 1, 12, 30, 7));
  },
);

test('a gzipped Parquet file is unpacked and read, its progress told in bytes of the file', async () => {
  const plain = new Uint8Array(await readFile('tests/fixtures/parquet/types-snappy.parquet'));
  const zipped = new Uint8Array(gzipSync(plain));
  const expected = await importText(plain, 'types.parquet');
  const { dataSet } = await importText(zipped, 'types.parquet.gz');
  expect(dataSet.columns.map(({ blocks }) => blocks)).toEqual(
    expected.dataSet.columns.map(({ blocks }) => blocks),
  );
  let told = 0;
  const options = { onBytes: (bytes: number) => (told += bytes) };
  const reader = await openTable('types.parquet.gz', new Blob([zipped]), options);
  for await (const rows of reader.batches()) expect(rows.length).toBeGreaterThan(0);
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(2 * zipped.length);
});

test('half a Parquet file is refused', async () => {
  const bytes = new Uint8Array(await readFile('tests/fixtures/parquet/types-snappy.parquet'));
  await expect(importText(bytes.slice(0, 2000), 'a.parquet')).rejects.toThrow(
    '"a.parquet" is not a whole Parquet file: ',
  );
  const scrambled = bytes.slice();
  scrambled.fill(0xff, 4, 400);
  await expect(importText(scrambled, 'a.parquet')).rejects.toThrow(
    '"a.parquet" is not a whole Parquet file: ',
  );
});

test('a gzip file that ends too soon leaves no data set behind', async () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => `${i},${Math.sin(i)}`).join('\n');
  const zipped = new Uint8Array(gzipSync(`a,b\n${rows}\n`));
  const db = await testDb();
  const request = { projectId: 'p', name: 'x', files: [file(zipped.slice(0, -5_000), 'a.csv.gz')] };
  await expect(importFiles(db, request, () => undefined)).rejects.toThrow(
    '"a.csv.gz" is not a whole gzip file',
  );
  expect(await repository(db, dataSetCodec).list()).toEqual([]);
});

test('a text is left out of a table, and used of items', async () => {
  const db = await testDb();
  const rows = Array.from({ length: 20 }, (_, i) => `${i},The thing that is number ${i} of them`);
  const files = [file(`item,about\n${rows.join('\n')}\n`)];
  const roleOf = async (about?: 'items') => {
    const request = { projectId: about ?? 'p', name: 'x', files, ...(about && { about }) };
    const { columns } = await importFiles(db, request, () => undefined);
    return columns.find(({ name }) => name === 'about')?.role;
  };
  expect(await roleOf()).toBe('ignored');
  expect(await roleOf('items')).toBe('feature');
});

test('a full disk stops an import without a data set', async () => {
  const db = await testDb();
  let puts = 0;
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    puts++;
    throw new DOMException('full', 'QuotaExceededError');
  });
  const rows = Array.from({ length: 70_000 }, (_, i) => `${i},${i % 3}`).join('\n');
  const request = { projectId: 'p', name: 'x', files: [file(`a,b\n${rows}\n`)] };
  await expect(importFiles(db, request, () => undefined)).rejects.toMatchObject({
    code: 'storage-full',
  });
  full.mockRestore();
  expect(puts).toBeGreaterThan(0);
  expect(await repository(db, dataSetCodec).list()).toEqual([]);
});

test('the source is kept in chunks of exactly 4 MiB, the same at every import', async () => {
  const text = `a,b\n${'12345,abcdefghij\n'.repeat(600_000)}`;
  const { dataSet, db } = await importText(text);
  const sizes = await Promise.all(
    (dataSet.source[0]?.chunks ?? []).map(async (digest) => {
      const chunk = await db.get('chunks', digest);
      return chunk?.bytes.byteLength;
    }),
  );
  expect(sizes).toEqual([chunkBytes, chunkBytes, text.length - 2 * chunkBytes]);
});

test('progress is told at least five times a second, and comes to an end', async () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
  const told: (ImportProgress & { at: number })[] = [];
  const db = await testDb();
  const rows = Array.from({ length: 300_000 }, (_, i) => `${i},${i % 3}`).join('\n');
  const request = { projectId: 'p', name: 'x', files: [file(`a,b\n${rows}\n`)] };
  await importFiles(db, request, (progress) => told.push({ ...progress, at: now }));
  clock.mockRestore();
  const gaps = told.slice(1).map(({ at }, i) => at - (told[i]?.at ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(200);
  expect(told.at(-1)).toMatchObject({ rows: 300_000, secondsLeft: 0 });
  expect(told.some(({ secondsLeft }) => secondsLeft > 0)).toBe(true);
  expect(told.every(({ bytesRead, bytesTotal }) => bytesRead <= bytesTotal)).toBe(true);
});
