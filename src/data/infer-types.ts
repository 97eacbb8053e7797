/** What each column of a sample of rows holds. */
import { dateFormats, isBooleanText, isMissingText, parseDate, parseNumber } from './parse-cell.ts';
import type { ColumnType, TextRow } from './schema.ts';

export interface InferredType {
  type: ColumnType;
  dateFormat?: string;
  /** Reads the sample as well, as other days: in 01/02/2024 the month is anyone's guess. */
  alternative?: string;
  decimalComma?: boolean;
}

/** A share of cells may be odd: they are typing errors in a column of numbers, not a reason to give it up. */
const tolerated = 0.01;

/** @param cells of one column, as text */
export function inferType(name: string, cells: readonly string[]): InferredType {
  const present = cells.filter((cell) => !isMissingText(cell));
  const distinct = new Set(present);
  if (present.length === 0) return { type: 'category' };
  if ([...distinct].every(isBooleanText) && distinct.size <= 2) return { type: 'boolean' };
  return (
    inferNumber(name, present, distinct) ??
    inferDate(distinct) ??
    inferText(name, present, distinct)
  );
}

/** As `inferType`, for a type that a person or a model asks for: finds how such cells are written here. */
export function inferAs(type: ColumnType, name: string, cells: readonly string[]): InferredType {
  const inferred = inferType(name, cells);
  if (inferred.type === type) return inferred;
  const present = cells.filter((cell) => !isMissingText(cell));
  switch (type) {
    case 'number':
    case 'integer': {
      const reads = (comma: boolean) =>
        present.filter((cell) => parseNumber(cell, comma) !== undefined).length;
      return { type, ...(reads(true) > reads(false) && { decimalComma: true }) };
    }
    case 'date': {
      const sample = [...new Set(present)].slice(0, 1000);
      const reads = (format: string) =>
        sample.filter((cell) => parseDate(cell, format) !== undefined).length;
      const counts = dateFormats.map((dateFormat) => ({ dateFormat, count: reads(dateFormat) }));
      const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
      return { type, dateFormat: best.dateFormat };
    }
    case 'boolean':
    case 'category':
    case 'text':
    case 'id':
      return { type };
  }
}

/**
 * What a column is after all, when cells beyond the sample aren't what it promised: another way of writing dates
 * or numbers that reads those cells too, else categories.
 * @param odd all such cells found so far, so that no type is tried twice
 */
export function inferWider(
  was: ColumnType,
  cells: readonly string[],
  odd: readonly string[],
): InferredType {
  const present = cells.filter((cell) => !isMissingText(cell));
  const reads = (read: (cell: string) => number | undefined) => {
    const isRead = (cell: string) => read(cell) !== undefined;
    return odd.every(isRead) && mostly(present, isRead);
  };
  if (was === 'date') {
    const dateFormat = dateFormats.find((format) => reads((cell) => parseDate(cell, format)));
    if (dateFormat !== undefined) return { type: 'date', dateFormat };
  }
  if ((was === 'number' || was === 'integer') && reads((cell) => parseNumber(cell, true)))
    return { type: 'number', decimalComma: true };
  return { type: 'category' };
}

/** @param asked types by column name that override what is found */
export function inferTypes(
  names: readonly string[],
  rows: readonly TextRow[],
  asked: Readonly<Record<string, ColumnType>> = {},
): InferredType[] {
  return names.map((name, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    const type = Object.hasOwn(asked, name) ? asked[name] : undefined;
    return type ? inferAs(type, name, cells) : inferType(name, cells);
  });
}

/** How many rows decide on the types: 5,000, or fewer of a table so wide that they'd fill the memory. */
export function sampleRowsOf(columns: number): number {
  return Math.max(200, Math.min(5000, Math.floor(2_000_000 / Math.max(1, columns))));
}

function inferNumber(
  name: string,
  present: string[],
  distinct: ReadonlySet<string>,
): InferredType | null {
  const reads = (decimalComma: boolean) =>
    mostly(present, (cell) => parseNumber(cell, decimalComma) !== undefined);
  const decimalComma = !reads(false);
  if (decimalComma && !reads(true)) return null;
  if (keepsLeadingZeros(present)) return idOrCategory(name, present, distinct);
  const values = present.map((cell) => parseNumber(cell, decimalComma) ?? NaN);
  const isInteger = values.every((value) => Number.isNaN(value) || Number.isSafeInteger(value));
  if (isInteger && isCounter(name, values)) return { type: 'id' };
  const beyondExact = values.some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER);
  if (beyondExact && present.every((cell) => /^\d+$/.test(cell)))
    return idOrCategory(name, present, distinct); // account numbers: as numbers they'd lose digits
  return { type: isInteger ? 'integer' : 'number', ...(decimalComma && { decimalComma }) };
}

/** Post codes and part numbers: "00501" is not 501. */
function keepsLeadingZeros(present: string[]): boolean {
  const padded = present.filter((cell) => /^0\d/.test(cell)).length;
  return padded > 0 && present.every((cell) => /^\d+$/.test(cell));
}

const idName =
  /(^|[\s_.-])(id|key|uuid|guid|index|row|no|nr|number|编号|序号)$|Id$|ID$|^unnamed|^#$|^$/;

/** 1, 2, 3 … or the like under a name that says so. */
function isCounter(name: string, values: number[]): boolean {
  if (values.length < 10 || !idName.test(name)) return false;
  return new Set(values).size === values.length;
}

function inferDate(distinct: ReadonlySet<string>): InferredType | null {
  const sample = [...distinct].slice(0, 1000);
  const [dateFormat, ...others] = dateFormats.filter((format) =>
    mostly(sample, (cell) => parseDate(cell, format) !== undefined),
  );
  if (dateFormat === undefined) return null;
  const alternative = others.find((format) =>
    sample.some((cell) => parseDate(cell, format) !== parseDate(cell, dateFormat)),
  );
  return { type: 'date', dateFormat, ...(alternative !== undefined && { alternative }) };
}

function inferText(name: string, present: string[], distinct: ReadonlySet<string>): InferredType {
  const length = present.reduce((sum, cell) => sum + cell.length, 0) / present.length;
  const words = present.reduce((sum, cell) => sum + cell.split(/\s+/).length, 0) / present.length;
  const isVaried = distinct.size > present.length / 2;
  if (isVaried && present.length >= 10 && (words > 5 || length > 60)) return { type: 'text' };
  return idOrCategory(name, present, distinct);
}

function idOrCategory(
  name: string,
  present: string[],
  distinct: ReadonlySet<string>,
): InferredType {
  if (present.length < 10 || distinct.size < present.length * 0.95) return { type: 'category' };
  const isToken = present.every((cell) => !/\s/.test(cell.trim()));
  if (distinct.size === present.length && (idName.test(name) || isToken)) return { type: 'id' };
  return { type: 'text' };
}

function mostly(cells: readonly string[], is: (cell: string) => boolean): boolean {
  let odd = 0;
  const most = Math.floor(cells.length * tolerated);
  for (const cell of cells) if (!is(cell) && ++odd > most) return false;
  return true;
}
