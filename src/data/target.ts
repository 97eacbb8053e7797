/** What is to be learned, as numbers: class indices, or the column's own values. */
import { StudioError } from '../lib/errors.ts';
import type { FittedTarget } from './preparation.ts';
import type { ColumnVector } from './schema.ts';
import { isMissing, textAt } from './vector.ts';

/**
 * The classes that occur in the train rows: numbers ascending, text in code-unit order.
 * @throws StudioError `bad-config` for fewer than two
 */
export function fitClasses(
  column: string,
  vector: ColumnVector,
  trainRows: Uint32Array,
): Extract<FittedTarget, { type: 'classes' }> {
  const values = new Map<string, number>();
  for (const row of trainRows) {
    if (isMissing(vector, row)) continue;
    const value = textAt(vector, row);
    values.set(value, (values.get(value) ?? 0) + 1);
  }
  if (values.size === 0)
    throw new StudioError('bad-config', `target "${column}": every cell is missing`);
  if (values.size === 1)
    throw new StudioError(
      'bad-config',
      `target "${column}": every row is "${[...values.keys()].join()}"; there must be at least two classes`,
    );
  if (values.size > maxClasses)
    throw new StudioError(
      'bad-config',
      `target "${column}": ${values.size} classes are more than the ${maxClasses} that can be told apart; learn it as a number, or choose another target`,
    );
  const numeric = [...values.keys()].every(
    (value) => value.trim() !== '' && !Number.isNaN(Number(value)),
  );
  const classes = [...values.keys()].sort(
    numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1),
  );
  return { type: 'classes', column, classes, counts: classes.map((name) => values.get(name) ?? 0) };
}

const maxClasses = 1000;

/**
 * Of mean 0 and deviation 1 on the train rows: weights and answers are float32, and far from 0 they would lose what
 * sets rows apart. Losses of all learners are on this one scale.
 * @throws StudioError `bad-config` where it isn't numbers, or none is finite
 */
export function fitNumber(
  column: string,
  vector: ColumnVector,
  trainRows: Uint32Array,
): Extract<FittedTarget, { type: 'number' }> {
  const values = Float64Array.from(trainRows, (row) => numberAt(column, vector, row)).filter(
    Number.isFinite,
  );
  if (values.length === 0)
    throw new StudioError('bad-config', `target "${column}": no cell is a finite number`);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return { type: 'number', column, offset: mean, divisor: deviation || 1, mean };
}

/** Class indices; −1 where the cell is missing or none of the classes. */
export function encodeClasses(
  target: Extract<FittedTarget, { type: 'classes' }>,
  vector: ColumnVector,
  rows: Uint32Array,
): Int32Array {
  const places = new Map(target.classes.map((name, i) => [name, i]));
  return Int32Array.from(rows, (row) =>
    isMissing(vector, row) ? -1 : (places.get(textAt(vector, row)) ?? -1),
  );
}

/** In the column's own unit; NaN where missing. */
export function encodeNumbers(
  column: string,
  vector: ColumnVector,
  rows: Uint32Array,
): Float64Array {
  return Float64Array.from(rows, (row) => numberAt(column, vector, row));
}

function numberAt(column: string, vector: ColumnVector, row: number): number {
  if (vector.kind === 'number') return vector.values[row] ?? NaN;
  if (isMissing(vector, row)) return NaN;
  const text = textAt(vector, row);
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  throw new StudioError(
    'bad-config',
    `target "${column}": row ${row + 1} is "${text}", not a number`,
  );
}
