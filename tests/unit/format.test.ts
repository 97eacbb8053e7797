import { expect, test } from 'vitest';
import { createFormat } from '../../src/lib/format.ts';

const en = createFormat('en');
const zh = createFormat('zh-CN');

test('sizes are in the unit that suits them, with its plural', () => {
  expect([0, 1, 512, 13_500, 2.5e9].map((size) => en.bytes(size))).toEqual([
    '0 bytes',
    '1 byte',
    '512 bytes',
    '13.5 kB',
    '2.5 GB',
  ]);
  expect(zh.bytes(512)).toBe('512字节');
});

test('durations have two units at most, and none is made up', () => {
  expect([0.00025, 0.2, 4.25, 61, 3725, Infinity].map((seconds) => en.duration(seconds))).toEqual([
    '0.3 ms',
    '200 ms',
    '4.3 sec',
    '1 min 1 sec',
    '1 hr 2 min',
    '–',
  ]);
});
