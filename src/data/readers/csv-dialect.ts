/** How a text is cut into cells: delimiter, quote, lines before the table, header or not. */
import Papa from 'papaparse';
import type { Dialect } from '../schema.ts';
import { isMissingText, parseDate, parseNumber } from '../parse-cell.ts';

export type CsvDialect = Extract<Dialect, { format: 'csv' }>;

const delimiters = [',', ';', '\t', '|'];
const sampleRows = 200;

/** @param sample the text's first lines; the last may be cut off when there is more */
export function detectDialect(
  sample: string,
  encoding: string,
  overrides: Partial<CsvDialect> = {},
): CsvDialect {
  const told = /^sep=(.)\r?\n/i.exec(sample)?.[1]; // as Excel writes it
  const delimiter = overrides.delimiter ?? told ?? detectDelimiter(sample);
  const quote = overrides.quote ?? detectQuote(sample, delimiter);
  const rows = parseRows(sample, delimiter, quote);
  const skipLines = overrides.skipLines ?? (told ? 1 : linesBeforeTable(rows));
  const header = overrides.header ?? hasHeader(rows.slice(skipLines));
  return { format: 'csv', encoding, delimiter, quote, header, skipLines };
}

function parseRows(text: string, delimiter: string, quote: string): string[][] {
  return Papa.parse<string[]>(text, { delimiter, quoteChar: quote, preview: sampleRows }).data;
}

/** The one that cuts the most lines into the same number of cells, and into more than one. */
function detectDelimiter(sample: string): string {
  let best = ',';
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const widths = widthsOf(parseRows(sample, delimiter, '"'));
    const width = mostCommon(widths);
    const agreeing = widths.filter((w) => w === width).length;
    const score = agreeing > widths.length / 2 ? agreeing * Math.log2(width) : 0;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Single quotes only where they enclose cells and double ones don't. */
function detectQuote(sample: string, delimiter: string): string {
  const enclosing = (quote: string) =>
    sample.split(`${delimiter}${quote}`).length + sample.split(`\n${quote}`).length - 2;
  return enclosing("'") > 2 && enclosing('"') === 0 ? "'" : '"';
}

/**
 * Comments, titles and scikit-learn's own first line (rows, features, class names) come before the table:
 * they are as wide as no later row.
 */
function linesBeforeTable(rows: string[][]): number {
  const width = mostCommon(widthsOf(rows));
  if (rows[0] && metadataClasses(rows[0], width)) return 1;
  const first = rows.findIndex((row) => row.length === width && !isComment(row));
  return first > 0 && first <= 20 ? first : 0;
}

/** "# like this"; "#id" above a table is a column's name. */
function isComment([first = '', ...others]: string[]): boolean {
  return others.length > 0 ? /^#\s/.test(first) : first.startsWith('#');
}

/** Blank lines aside. */
function widthsOf(rows: string[][]): number[] {
  return rows.filter((row) => row.length > 1 || row[0]?.trim()).map((row) => row.length);
}

/** scikit-learn's own files begin with rows, features and class names; the last column is the class's number. */
export function metadataClasses(firstLine: readonly string[], width: number): string[] | null {
  const [rows = '', features = '', ...classes] = firstLine;
  const isMetadata =
    /^\d+$/.test(rows) &&
    Number(features) === width - 1 &&
    classes.length > 1 &&
    classes.every((name) => /^[a-z]/i.test(name));
  return isMetadata ? classes : null;
}

/** Labels are text above columns of numbers or dates, or unlike anything below them. */
function hasHeader(rows: string[][]): boolean {
  const [head = [], ...body] = rows;
  const sample = body.slice(0, 100).filter((row) => row.length > 1 || row[0]?.trim());
  if (head.some((cell) => isMissingText(cell) && cell !== '') || head.length === 0) return false;
  if (head.some(isValue)) return false;
  if (sample.length === 0) return true;
  const labelsUnlikeBody = head.some((cell, i) => {
    const below = sample.map((row) => row[i] ?? '').filter((value) => !isMissingText(value));
    return below.length > 0 && below.every(isValue) && !isValue(cell);
  });
  if (labelsUnlikeBody) return true;
  const isDistinct = new Set(head).size === head.length;
  const recurs = head.some((cell, i) => cell !== '' && sample.some((row) => row[i] === cell));
  return isDistinct && !recurs;
}

function isValue(cell: string): boolean {
  return parseNumber(cell) !== undefined || parseDate(cell, 'iso') !== undefined;
}

function mostCommon(numbers: number[]): number {
  const counts = new Map<number, number>();
  for (const n of numbers) counts.set(n, (counts.get(n) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}
