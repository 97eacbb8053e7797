/** Applies a fitted preparation: rows in, features out. The one place for training, prediction and export. */
import { StudioError } from '../lib/errors.ts';
import type { InputRow } from './input-row.ts';
import { widthOf, type FittedColumn, type FittedPreparation } from './preparation.ts';
import type { ColumnVector } from './schema.ts';
import { isMissing, textAt } from './vector.ts';

type FeatureArray = Float32Array | Float64Array;

/**
 * Writes the features of `rows` into `out`, [rows, width] row-major, column after column.
 * @param vector the cells of a column by its name; undefined counts as all missing
 */
export async function buildFeatures<Out extends FeatureArray>(
  preparation: FittedPreparation,
  vector: (column: string) => Promise<ColumnVector | undefined>,
  rows: Uint32Array,
  out: Out,
): Promise<Out> {
  const width = preparation.featureNames.length;
  let at = 0;
  for (const column of preparation.columns) {
    writeColumn(column, await vector(column.column), rows, { out, width, at });
    at += widthOf(column);
  }
  return out;
}

interface Place {
  out: FeatureArray;
  width: number;
  at: number;
}

function writeColumn(
  fitted: FittedColumn,
  vector: ColumnVector | undefined,
  rows: Uint32Array,
  place: Place,
) {
  if (fitted.encoder === 'numeric') writeNumeric(fitted, vector, rows, place);
  else writeOneHot(fitted, vector, rows, place);
}

function writeNumeric(
  fitted: Extract<FittedColumn, { encoder: 'numeric' }>,
  vector: ColumnVector | undefined,
  rows: Uint32Array,
  { out, width, at }: Place,
) {
  const read = numberReader(vector);
  const { impute, offset, divisor, indicator } = fitted;
  for (let i = 0; i < rows.length; i++) {
    const value = read(rows[i] ?? -1);
    const isKnown = Number.isFinite(value);
    out[i * width + at] = ((isKnown ? value : impute) - offset) / divisor;
    if (indicator) out[i * width + at + 1] = isKnown ? 0 : 1;
  }
}

function numberReader(vector: ColumnVector | undefined): (row: number) => number {
  if (!vector) return () => NaN;
  if (vector.kind === 'number') return (row) => vector.values[row] ?? NaN;
  return (row) => (isMissing(vector, row) ? NaN : Number(textAt(vector, row)));
}

function writeOneHot(
  fitted: Extract<FittedColumn, { encoder: 'one-hot' }>,
  vector: ColumnVector | undefined,
  rows: Uint32Array,
  { out, width, at }: Place,
) {
  const { categories, other, indicator, missing } = fitted;
  const places = new Map(categories.map((category, i) => [category, i]));
  const otherPlace = other ? categories.length : -1;
  const placeOf = (value: string) => places.get(value) ?? otherPlace;
  const missingPlace =
    missing.type === 'own-category' ? categories.length + (other ? 1 : 0) : placeOf(missing.value);
  const indicatorPlace = widthOf(fitted) - 1;
  const read = placeReader(vector, placeOf, missingPlace);
  for (let i = 0; i < rows.length; i++) {
    const start = i * width + at;
    const row = rows[i] ?? -1;
    const place = read(row);
    for (let j = 0; j < widthOf(fitted); j++) out[start + j] = 0;
    if (place >= 0) out[start + place] = 1;
    if (indicator) out[start + indicatorPlace] = !vector || isMissing(vector, row) ? 1 : 0;
  }
}

function placeReader(
  vector: ColumnVector | undefined,
  placeOf: (value: string) => number,
  missingPlace: number,
): (row: number) => number {
  if (!vector) return () => missingPlace;
  if (vector.kind === 'code') {
    const byCode = Int32Array.from(vector.dictionary, placeOf);
    return (row) => {
      const code = vector.codes[row] ?? -1;
      return code < 0 ? missingPlace : (byCode[code] ?? missingPlace);
    };
  }
  return (row) => (isMissing(vector, row) ? missingPlace : placeOf(textAt(vector, row)));
}

/** Of these rows, those in which no required column is missing. */
export async function completeRows(
  preparation: FittedPreparation,
  vector: (column: string) => Promise<ColumnVector | undefined>,
  rows: Uint32Array,
): Promise<Uint32Array> {
  let complete = rows;
  for (const { required, column } of preparation.columns) {
    if (!required) continue;
    const cells = await vector(column);
    complete = cells ? complete.filter((row) => !isMissing(cells, row)) : new Uint32Array();
  }
  return complete;
}

/**
 * Loose rows as column vectors, for `buildFeatures`. Columns that the model doesn't know are ignored.
 * @throws StudioError `bad-data` for text where a number is needed
 */
export function vectorsOf(
  preparation: FittedPreparation,
  rows: readonly InputRow[],
): Map<string, ColumnVector> {
  return new Map(
    preparation.columns.map((fitted) => {
      const cells = rows.map((row) => row[fitted.column] ?? null);
      const vector: ColumnVector =
        fitted.encoder === 'numeric'
          ? {
              kind: 'number',
              values: Float64Array.from(cells, (cell, i) => toNumber(cell, fitted, i)),
            }
          : {
              kind: 'text',
              values: cells.map((cell) => (cell === null || cell === '' ? null : String(cell))),
            };
      return [fitted.column, vector];
    }),
  );
}

function toNumber(
  cell: string | number | boolean | null,
  { column, isDate }: Extract<FittedColumn, { encoder: 'numeric' }>,
  index: number,
): number {
  if (cell === null) return NaN;
  if (typeof cell !== 'string') return Number(cell);
  if (cell.trim() === '') return NaN;
  const value = isDate ? Date.parse(cell) : Number(cell);
  if (!Number.isNaN(value)) return value;
  const kind = isDate ? 'a date' : 'a number';
  throw new StudioError(
    'bad-data',
    `column "${column}": row ${index + 1} is "${cell}", not ${kind}`,
  );
}
