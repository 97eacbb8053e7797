import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inferType } from '../../src/data/infer-types.ts';
import { parseDate, parseNumber } from '../../src/data/parse-cell.ts';

test('numbers read as JavaScript reads them, to the last bit', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseNumber(String(value))).toBe(Number(String(value)));
    }),
  );
  const decimal = fc.tuple(fc.nat(999_999_999), fc.stringMatching(/^\d{0,9}$/), fc.boolean());
  fc.assert(
    fc.property(decimal, ([whole, fraction, isNegative]) => {
      const text = `${isNegative ? '-' : ''}${whole}.${fraction}`;
      expect(parseNumber(text)).toBe(Number(text));
    }),
  );
});

test.each<[string, boolean, number | undefined]>([
  ['1,234.5', false, 1234.5],
  ['1.234,5', true, 1234.5],
  ['1 234,5', true, 1234.5],
  ['1\u202f234,5', true, 1234.5],
  ["1'234.5", false, 1234.5],
  ['12,34', false, undefined],
  ['-inf', false, -Infinity],
  ['1e3', false, 1000],
  ['0x10', false, undefined],
  ['1.2.3', false, undefined],
  ['.', false, undefined],
  ['-', false, undefined],
  ['', false, undefined],
])('"%s" (decimal comma: %s) is %s', (text, decimalComma, expected) => {
  expect(parseNumber(text, decimalComma)).toBe(expected);
});

test.each<[string, string, number | undefined]>([
  ['2024-02-29', 'iso', Date.UTC(2024, 1, 29)],
  ['2024-02-29T12:30:00+02:00', 'iso', Date.UTC(2024, 1, 29, 10, 30)],
  ['2024-02-29 12:30', 'iso', Date.UTC(2024, 1, 29, 12, 30)],
  ['31/02/2024', '%d/%m/%Y', undefined],
  ['1/2/2024', '%d/%m/%Y', Date.UTC(2024, 1, 1)],
])('"%s" as %s is the moment %s', (text, format, expected) => {
  expect(parseDate(text, format)).toBe(expected);
});

const many = (make: (i: number) => string) => Array.from({ length: 40 }, (_, i) => make(i));

test.each<[string, string, string[], object]>([
  ['whole numbers', 'rooms', many((i) => `${i % 7}`), { type: 'integer' }],
  ['numbers', 'price', many((i) => `${i}.5`), { type: 'number' }],
  ['numbers with words for missing', 'x', ['1', 'NA', 'n/a', '?', '2.5'], { type: 'number' }],
  ['a count under the name of an id', 'row_id', many((i) => `${i + 1}`), { type: 'id' }],
  ['a count under another name', 'year', many((i) => `${1980 + i}`), { type: 'integer' }],
  ['post codes', 'zip', many((i) => `0${1000 + (i % 5)}`), { type: 'category' }],
  ['UUIDs', 'key', many((i) => `0f8fad5b-d9cb-469f-a165-7086728950${10 + i}`), { type: 'id' }],
  ['yes and no', 'paid', ['yes', 'no', 'no', ''], { type: 'boolean' }],
  ['a few words', 'colour', many((i) => ['red', 'blue'][i % 2] ?? ''), { type: 'category' }],
  [
    'sentences',
    'review',
    many((i) => `This is sentence number ${i}, which nobody says twice`),
    { type: 'text' },
  ],
  [
    'ISO dates',
    'when',
    many((i) => `2024-01-${10 + (i % 20)}`),
    { type: 'date', dateFormat: 'iso' },
  ],
  [
    'days before months',
    'when',
    many((i) => `${10 + (i % 20)}/03/2024`),
    { type: 'date', dateFormat: '%d/%m/%Y' },
  ],
  [
    'months before days',
    'when',
    many((i) => `03/${10 + (i % 20)}/2024`),
    { type: 'date', dateFormat: '%m/%d/%Y' },
  ],
  ['decimal commas', 'x', many((i) => `${i},5`), { type: 'number', decimalComma: true }],
  ['nothing at all', 'x', ['', 'NA', ''], { type: 'category' }],
])('%s are found', (_what, name, cells, expected) => {
  expect(inferType(name, cells)).toEqual(expected);
});
