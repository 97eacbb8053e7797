/** Files that make one table must have the same columns, in the same order. */
import { StudioError } from '../../src/lib/errors.ts';

/** @throws StudioError `bad-data`, with the first difference */
export function assertSameColumns(file: string, names: string[], expected: readonly string[]) {
  const differing = names.findIndex((name, i) => name !== expected[i]);
  if (names.length === expected.length && differing < 0) return;
  throw new StudioError(
    'bad-data',
    names.length !== expected.length
      ? `"${file}" has ${names.length} columns, the first file has ${expected.length}`
      : `"${file}": column ${differing + 1} is "${names[differing]}", in the first file it is "${expected[differing]}"`,
  );
}
