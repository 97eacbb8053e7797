import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DataSet } from '../../src/data/schema.ts';
import { lengthOf, textAt } from '../../src/data/vector.ts';
import { splitRows } from '../../src/data/split.ts';
import { sha256 } from '../../src/lib/digest.ts';
import { getChunk } from '../../src/storage/chunks.ts';
import { columnSource } from '../../workers/column-source.ts';
import { changeType } from '../../workers/data/change-type.ts';
import { importSample, importText } from '../support/table-files.ts';

const typesOf = (dataSet: DataSet) => dataSet.columns.map(({ name, type }) => `${name}: ${type}`);

test('penguins are read with their types, missing cells and source', async () => {
  const { db, dataSet, source } = await importSample('penguins.csv');
  expect(dataSet.rows).toBe(344);
  expect(typesOf(dataSet)).toEqual([
    'species: category',
    'island: category',
    'bill_length_mm: number',
    'bill_depth_mm: number',
    'flipper_length_mm: integer',
    'body_mass_g: integer',
    'sex: category',
  ]);
  const mass = await source.column('body_mass_g');
  if (mass.kind !== 'number') throw new Error('not numbers');
  expect(mass.values.filter(Number.isNaN).length).toBe(2);
  // The mean that R's palmerpenguins gives
  const present = mass.values.filter((value) => !Number.isNaN(value));
  expect(present.reduce((a, b) => a + b) / present.length).toBeCloseTo(4201.754, 3);
  const [file] = dataSet.source;
  const kept = await Promise.all((file?.chunks ?? []).map((digest) => getChunk(db, digest)));
  const original = await readFile('public/samples/penguins.csv');
  expect(await sha256(await new Blob(kept).arrayBuffer())).toBe(
    await sha256(new Uint8Array(original)),
  );
});

test("scikit-learn's own first line is understood: its classes name the last column", async () => {
  const { dataSet, source } = await importSample('sklearn-iris.csv');
  expect(dataSet.rows).toBe(150);
  expect(dataSet.dialect).toMatchObject({ skipLines: 1, header: false });
  expect(typesOf(dataSet).at(-1)).toBe('class: category');
  const classes = await source.column('class');
  expect([0, 50, 149].map((row) => textAt(classes, row))).toEqual([
    'setosa',
    'versicolor',
    'virginica',
  ]);
});

test('digits have no header: 1,797 rows of 65 numbers', async () => {
  const { dataSet } = await importSample('sklearn-digits8x8.csv');
  expect([dataSet.rows, dataSet.columns.length]).toEqual([1797, 65]);
});

test('two colons part cells, as in MovieLens 1M: no header, and quotes are the titles’ own', async () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `${i}::"${i}" Live: a, b|c::${i % 5}.5`);
  const { dataSet, source } = await importText(lines.join('\n'), 'films.dat');
  expect(dataSet.dialect).toMatchObject({ delimiter: '::', quote: '', header: false });
  expect(dataSet.rows).toBe(40_000);
  expect(dataSet.notes).toEqual([]);
  const titles = await source.column('feature_2');
  expect([0, 12_345, 39_999].map((row) => textAt(titles, row))).toEqual(
    [0, 12_345, 39_999].map((row) => `"${row}" Live: a, b|c`),
  );
  // Where another mark cuts as evenly, two colons are part of a cell.
  const addresses = await importText('id;host\n1;fe80::1\n2;fe80::2\n');
  expect(addresses.dataSet.dialect).toMatchObject({ delimiter: ';' });
});

test('two colons that cut as evenly as commas, and further, can be read otherwise: by commas, with quotes and header', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `std::vec::len${i},"${i}"`);
  const text = `path::of::call,calls\n${lines.join('\n')}\n`;
  const guessed = await importText(text);
  expect(guessed.dataSet.dialect).toMatchObject({ delimiter: '::', quote: '' });
  const { dataSet, source } = await importText(text, 'calls.csv', { dialect: { delimiter: ',' } });
  expect(dataSet.dialect).toMatchObject({ delimiter: ',', quote: '"', header: true });
  expect(typesOf(dataSet).map((column) => column.split(':')[0])).toEqual(['path', 'calls']);
  const calls = await source.column('calls');
  expect(textAt(calls, 39)).toBe('39');
});

test('a list of JSON records is a table', async () => {
  const { dataSet } = await importSample('vega-cars.json');
  expect(dataSet.rows).toBe(406);
  expect(typesOf(dataSet)).toContain('Miles_per_Gallon: number');
  expect(typesOf(dataSet)).toContain('Year: date');
});

test('a table is split so that numbers are validated and tested too, all different as they are', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => `${i % 5},${Math.sin(i)}`);
  const { dataSet, source } = await importText(`size,price\n${rows.join('\n')}\n`);
  const target = await source.column('price');
  const { train, validation, test } = splitRows(dataSet.split, dataSet.rows, { target });
  expect([train.length, validation.length, test.length]).toEqual([65, 15, 20]);
});

test('the digest covers the cells, not the time or the name of the file', async () => {
  const first = await importText('a,b\n1,x\n2,y\n', 'one.csv');
  const same = await importText('a,b\n1,x\n2,y\n', 'two.csv');
  const other = await importText('a,b\n1,x\n3,y\n', 'one.csv');
  expect(same.dataSet.digest).toBe(first.dataSet.digest);
  expect(other.dataSet.digest).not.toBe(first.dataSet.digest);
});

test.each([
  ['semicolons and decimal commas', 'a;b\n1,5;x\n2,25;y\n', [1.5, 2.25]],
  ['tabs', 'a\tb\n1.5\tx\n2.25\ty\n', [1.5, 2.25]],
  ['pipes', 'a|b\n1.5|x\n2.25|y\n', [1.5, 2.25]],
  ['quoted cells with the delimiter in them', 'a,b\n1.5,"x, y"\n2.25,"z ""q"""\n', [1.5, 2.25]],
  ['comments before the header', '# made by x\n# 2024\na,b\n1.5,x\n2.25,y\n', [1.5, 2.25]],
  ['Windows line ends and no last one', 'a,b\r\n1.5,x\r\n2.25,y', [1.5, 2.25]],
  ['thousands separators', 'a;b\n1,234.5;x\n12,000;y\n', [1234.5, 12000]],
])('%s are found out', async (_name, text, expected) => {
  const { source, dataSet } = await importText(text);
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(await source.column('a')).toMatchObject({ values: Float64Array.from(expected) });
});

const utf16 = (text: string, mark: boolean) =>
  new Uint8Array(Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le'));
// 城市 (city) and 北京, 上海 in GBK
const gbk = new Uint8Array([
  ...[0xb3, 0xc7, 0xca, 0xd0, 0x2c, 0x61, 0x0a],
  ...Array.from({ length: 30 }, () => [
    ...[0xb1, 0xb1, 0xbe, 0xa9, 0x2c, 0x31, 0x0a],
    ...[0xc9, 0xcf, 0xba, 0xa3, 0x2c, 0x32, 0x0a],
  ]).flat(),
]);

test.each([
  ['UTF-8 with a mark', new TextEncoder().encode('\ufeff城市,a\n北京,1\n上海,2\n')],
  ['UTF-16 with a mark', utf16('城市,a\n北京,1\n上海,2\n', true)],
  ['UTF-16 without a mark', utf16(`城市,alpha beta\n${'北京,1\n上海,2\n'.repeat(30)}`, false)],
  ['GBK', gbk],
])('%s is decoded', async (_name, bytes) => {
  const { source, dataSet } = await importText(bytes);
  expect(dataSet.columns[0]?.name).toBe('城市');
  const cities = await source.column('城市');
  expect([textAt(cities, 0), textAt(cities, 1)]).toEqual(['北京', '上海']);
});

test('gzipped files are read as they are', async () => {
  const { dataSet } = await importText(new Uint8Array(gzipSync('a,b\n1,x\n2,y\n')), 'a.csv.gz');
  expect(dataSet.rows).toBe(2);
});

test('JSON Lines are read line by line', async () => {
  const { dataSet, source } = await importText('{"a":1,"b":"x"}\n\n{"a":2.5}\n', 'a.jsonl');
  expect(dataSet.rows).toBe(2);
  expect(await source.column('a')).toMatchObject({ values: Float64Array.of(1, 2.5) });
});

test('several files of the same columns make one table', async () => {
  const file = (name: string, text: string) => ({ name, blob: new Blob([text]) });
  const { dataSet } = await importText('', 'x', {
    files: [file('1.csv', 'a,b\n1,x\n'), file('2.csv', 'a,b\n2,y\n3,z\n')],
  });
  expect(dataSet.rows).toBe(3);
  await expect(
    importText('', 'x', { files: [file('1.csv', 'a,b\n1,x\n'), file('2.csv', 'a,c\n2,y\n')] }),
  ).rejects.toThrow('"2.csv": column 2 is "c", in the first file it is "b"');
});

test('a number column with "n/a" has missing cells; with a word it says where', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => (i === 350 ? 'oops' : i === 7 ? 'n/a' : i));
  const { dataSet, source } = await importText(`age\n${rows.join('\n')}\n`);
  expect(dataSet.columns[0]).toMatchObject({
    type: 'integer',
    unread: { count: 1, examples: [{ row: 351, text: 'oops' }] },
  });
  const age = await source.column('age');
  expect(age).toMatchObject({ kind: 'number' });
});

test('a column that turns out to be text after its first rows is read again as text', async () => {
  const rows = Array.from({ length: 12_000 }, (_, i) => (i < 6000 ? i : `part ${i % 10}`));
  const { dataSet, source } = await importText(`x,y\n${rows.map((x) => `${x},1`).join('\n')}\n`);
  expect(typesOf(dataSet)).toEqual(['x: category', 'y: integer']);
  expect(textAt(await source.column('x'), 11_999)).toBe('part 9');
});

test('blocks join to the whole column, beyond a block of 65,536 rows', async () => {
  const rows = 70_000;
  const { dataSet, source } = await importText(
    `n,c\n${Array.from({ length: rows }, (_, i) => `${i * 0.5},${i % 3 ? 'a' : 'b'}`).join('\n')}`,
  );
  expect(dataSet.columns[0]?.blocks.length).toBe(2);
  const numbers = await source.column('n');
  expect(lengthOf(numbers)).toBe(rows);
  expect(textAt(numbers, 69_999)).toBe('34999.5');
  expect(textAt(await source.column('c'), 69_999)).toBe('b');
});

test('infinities are numbers', async () => {
  const { source } = await importText('x,y\n1,a\n-inf,b\nInfinity,c\n');
  expect(await source.column('x')).toMatchObject({
    values: Float64Array.of(1, -Infinity, Infinity),
  });
});

test('markup and unicode in names and cells are kept to the letter', async () => {
  const { dataSet, source } = await importText('<script>alert(1)</script>,😀\n<b>,"a\nb"\nx,y\n');
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['<script>alert(1)</script>', '😀']);
  expect(textAt(await source.column('😀'), 0)).toBe('a\nb');
});

test('two columns of one name are told apart, and the change is noted', async () => {
  const { dataSet } = await importText('x,x,,x\n1,2,3,4\n5,6,7,8\n');
  expect(dataSet.columns.map(({ name }) => name)).toEqual(['x', 'x (2)', 'column 3', 'x (3)']);
  expect(dataSet.notes).toContainEqual({ type: 'renamed-column', from: 'x', to: 'x (2)' });
});

test('ragged rows are evened out and counted', async () => {
  const { dataSet } = await importText('a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,1\n1,2,3\n', 'ragged.csv');
  expect(dataSet.notes).toEqual([
    { type: 'short-rows', count: 2, row: 2 },
    { type: 'long-rows', count: 1, row: 3 },
  ]);
});

test.each<[string, string | Uint8Array<ArrayBuffer>, string, string]>([
  ['an empty file', '', 'a.csv', '"a.csv" is empty'],
  ['a header alone', 'a,b\n', 'a.csv', '"a.csv" has column names and no rows'],
  [
    'a workbook named .csv',
    'PK\u0003\u0004xxxxxxxx',
    'a.csv',
    '"a.csv" is a zip archive or an Excel workbook, not a table. Save it as CSV, JSON or Parquet',
  ],
  [
    'binary data named .csv',
    new Uint8Array(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)),
    'a.csv',
    '"a.csv" holds binary data, not text',
  ],
  ['a quote left open', 'a,b\n1,"x\n2,y\n', 'a.csv', 'a quote (") is opened and never closed'],
  [
    'half a gzip file',
    new Uint8Array(gzipSync('a,b\n1,2\n'.repeat(99)).subarray(0, 30)),
    'a.gz',
    '"a.gz" is not a whole gzip file',
  ],
  ['broken JSON', '[{"a":1},', 'a.json', '"a.json" is not valid JSON'],
  ['a broken line of JSON', '{"a":1}\n{"a":\n', 'a.jsonl', 'line 2 of "a.jsonl" is not valid JSON'],
  [
    'mixed JSON',
    '[{"a":1},[2]]',
    'a.json',
    '"a.json" mixes records with other values, such as [2]',
  ],
  [
    'a broken Parquet file',
    'PAR1 and nothing',
    'a.parquet',
    '"a.parquet" is not a whole Parquet file',
  ],
  ['too many columns', `${'x,'.repeat(10_001)}\n1\n`, 'a.csv', '"a.csv" has 10002 columns'],
])('%s is refused with the reason', async (_name, content, file, message) => {
  await expect(importText(content, file)).rejects.toThrow(message);
});

test('bytes that the encoding does not have are noted', async () => {
  const bytes = new Uint8Array([
    ...new TextEncoder().encode('a,b\n1,x'),
    0xff,
    0x0a,
    0x32,
    0x2c,
    0x79,
  ]);
  const { dataSet } = await importText(bytes, 'a.csv', { dialect: { encoding: 'utf-8' } });
  expect(dataSet.notes).toEqual([{ type: 'undecodable-bytes', encoding: 'utf-8' }]);
});

test('a line without end is refused before it fills the memory', async () => {
  const piece = new Uint8Array(2 ** 20).fill(0x61);
  const blob = new Blob(Array.from({ length: 200 }, () => piece));
  const files = [{ name: 'line.csv', blob }];
  await expect(importText('', 'line.csv', { files })).rejects.toThrow(
    '"line.csv": a row is longer than 16 MB',
  );
});

test('columns can be left out; what is brought in can still be read again as another type', async () => {
  const content = 'secret,size,zip\na,1,00501\nb,2,10001\nc,3,00501\n';
  const { db, dataSet, source } = await importText(content, 'table.csv', { leaveOut: ['secret'] });
  expect(dataSet.columns.map(({ name, sourceIndex }) => [name, sourceIndex])).toEqual([
    ['size', 1],
    ['zip', 2],
  ]);
  expect(textAt(await source.column('zip'), 1)).toBe('10001');
  // Numbers are read from the file again: from the right column of it
  const asText = await changeType(db, dataSet, 'size', 'text');
  expect(textAt(await columnSource(db, asText).column('size'), 2)).toBe('3');
  await expect(importText(content, 't.csv', { leaveOut: ['age'] })).rejects.toThrow(
    'There is no column "age" to leave out',
  );
  await expect(
    importText(content, 't.csv', { leaveOut: ['secret', 'size', 'zip'] }),
  ).rejects.toThrow('All 3 columns would be left out');
});
