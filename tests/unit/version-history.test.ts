import { expect, test } from 'vitest';
import { undoneAfter } from '../../src/data/version-history.ts';

/** a ← b ← c ← d, and e beside c */
const versions = [
  { digest: 'a', parent: null },
  { digest: 'b', parent: 'a' },
  { digest: 'c', parent: 'b' },
  { digest: 'd', parent: 'c' },
  { digest: 'e', parent: 'b' },
];

test('going back to an ancestor can be redone step by step', () => {
  expect(undoneAfter(versions, { from: 'd', to: 'a', undone: [] })).toEqual(['d', 'c', 'b']);
  expect(undoneAfter(versions, { from: 'c', to: 'b', undone: ['d'] })).toEqual(['d', 'c']);
});

test('going to an undone version leaves what lies beyond it to be redone', () => {
  expect(undoneAfter(versions, { from: 'a', to: 'c', undone: ['d', 'c', 'b'] })).toEqual(['d']);
});

test('going to a version of another line, or of another import, leaves nothing to redo', () => {
  expect(undoneAfter(versions, { from: 'd', to: 'e', undone: [] })).toEqual([]);
  const other = [...versions, { digest: 'x', parent: null }];
  expect(undoneAfter(other, { from: 'd', to: 'x', undone: ['e'] })).toEqual([]);
});

test('staying changes nothing', () => {
  expect(undoneAfter(versions, { from: 'b', to: 'b', undone: ['c'] })).toEqual(['c']);
});
