import { expect, test } from 'vitest';
import { cellAfterKey } from '../../../src/ui/table/grid-keys.ts';

const size = { rows: 1000, columns: 5, pageRows: 15 };
const at = { row: 500, column: 2 };
const press = (key: string, held: Partial<KeyboardEvent> = {}, from = at) =>
  cellAfterKey(from, { key, ctrlKey: false, metaKey: false, altKey: false, ...held }, size);

test('arrows move by a cell and stop at the edges', () => {
  expect(press('ArrowDown')).toEqual({ row: 501, column: 2 });
  expect(press('ArrowLeft')).toEqual({ row: 500, column: 1 });
  expect(press('ArrowUp', {}, { row: 0, column: 0 })).toEqual({ row: 0, column: 0 });
  expect(press('ArrowRight', {}, { row: 0, column: 4 })).toEqual({ row: 0, column: 4 });
});

test('page keys move by a page and stop at the first and last row', () => {
  expect(press('PageDown')).toEqual({ row: 515, column: 2 });
  expect(press('PageUp', {}, { row: 3, column: 1 })).toEqual({ row: 0, column: 1 });
});

test('Home and End stay in the row, with Ctrl or Cmd they reach the corners', () => {
  expect(press('Home')).toEqual({ row: 500, column: 0 });
  expect(press('End')).toEqual({ row: 500, column: 4 });
  expect(press('Home', { ctrlKey: true })).toEqual({ row: 0, column: 0 });
  expect(press('End', { metaKey: true })).toEqual({ row: 999, column: 4 });
});

test('other keys, and the browser’s own with Alt, are left alone', () => {
  for (const key of ['a', 'Tab', 'Enter', 'constructor']) expect(press(key)).toBeNull();
  expect(press('ArrowLeft', { altKey: true })).toBeNull();
});
