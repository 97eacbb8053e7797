/** How a text is cut into cells: delimiter, quote, lines before the table, header or not. */
import Papa from 'papaparse';
import type { Dialect } from '../schema.ts';
import { isMissingText, parseDate, parseNumber } from '../parse-cell.ts';

export type CsvDialect = Extract<Dialect, { format: 'csv' }>;

/** MovieLens 1M and 10M, by two colons, quote nothing: a quote is a title's own. */
const colons = '::';
const delimiters = ['\t', ';', '|', ',', colons];
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
  const rows = cutRows(sample, { delimiter, quote }, sampleRows);
  const skipLines = overrides.skipLines ?? (told ? 1 : linesBeforeTable(rows));
  const header = overrides.header ?? hasHeader(rows.slice(skipLines));
  return { format: 'csv', encoding, delimiter, quote, header, skipLines };
}

/** The first rows, without blank lines: what is skipped before the table is counted the same way. */
export function cutRows(
  text: string,
  { delimiter, quote }: Pick<CsvDialect, 'delimiter' | 'quote'>,
  count: number,
): string[][] {
  const newline = newlineOf(text);
  const { data } = Papa.parse<string[]>(text, {
    delimiter,
    ...quoting(quote),
    newline,
    preview: count * 2,
  });
  return cleanRows(data, newline).slice(0, count);
}

/** Without quotes cells are cut at every delimiter, as papaparse calls fast. */
export function quoting(quote: string) {
  return quote === '' ? { fastMode: true } : { quoteChar: quote };
}

/** A lone "\r" only where there is no "\n": "\r\n" may stand in some lines and not in others. */
export function newlineOf(sample: string): '\n' | '\r' {
  return sample.includes('\r') && !sample.includes('\n') ? '\r' : '\n';
}

/** Takes "\r" off the last cells, and blank lines out: they are no rows. */
export function cleanRows(rows: string[][], newline: '\n' | '\r'): string[][] {
  if (newline === '\n')
    for (const row of rows) {
      const last = row.length - 1;
      const cell = row[last] ?? '';
      if (cell.charCodeAt(cell.length - 1) === 13) row[last] = cell.slice(0, -1);
    }
  return rows.every(isRow) ? rows : rows.filter(isRow);
}

function isRow(cells: readonly string[]): boolean {
  return cells.length > 1 || (cells[0] ?? '').trim() !== '';
}

/**
 * The one that cuts the largest share of the lines, the first one included, into the same number of cells, and
 * into more than one. Of equals the rarer mark: a comma stands in numbers and in sentences, too. Two colons stand in
 * addresses; but where they part more cells, a mark of lists or sentences is in those.
 */
function detectDelimiter(sample: string): string {
  let best = ',';
  let bestScore = 0;
  let bestWidth = 1;
  for (const delimiter of delimiters) {
    const quote = delimiter === colons ? '' : '"';
    const widths = cutRows(sample, { delimiter, quote }, sampleRows)
      .filter((row) => !isComment(row))
      .map((row) => row.length);
    const width = mostCommon(widths);
    if (width < 2) continue;
    const score = widths.filter((w) => w === width).length / widths.length;
    const isWider = delimiter === colons && width > bestWidth;
    if (score > bestScore + (isWider ? -1e-9 : 1e-9))
      [best, bestScore, bestWidth] = [delimiter, score, width];
  }
  return best;
}

/** None beside two colons; single quotes only where they enclose cells and double ones don't. */
function detectQuote(sample: string, delimiter: string): string {
  if (delimiter === colons) return '';
  const enclosing = (quote: string) =>
    sample.split(`${delimiter}${quote}`).length + sample.split(`\n${quote}`).length - 2;
  return enclosing("'") > 2 && enclosing('"') === 0 ? "'" : '"';
}

/**
 * Comments, titles (one cell) and scikit-learn's own first line (rows, features, class names) come before the
 * table. A first row of several cells that is narrower than the others is its header all the same: R leaves
 * out the name of the row numbers, and some write a delimiter after the last cell.
 */
function linesBeforeTable(rows: string[][]): number {
  const severalCells = rows.map((row) => row.length).filter((w) => w > 1);
  const width = severalCells.length < rows.length / 2 ? 1 : mostCommon(severalCells);
  if (rows[0] && metadataClasses(rows[0], width)) return 1;
  const first = rows.findIndex(
    (row, i) =>
      (row.length > 1 || width === 1) &&
      !(isComment(row) && (row.length !== width || isComment(rows[i + 1] ?? []))),
  );
  return first > 0 && first <= 20 ? first : 0;
}

function isComment(row: readonly string[]): boolean {
  return /^\s*(#|%|\/\/)/.test(row[0] ?? '');
}

/** Names for the cells of the rows, which may be more than those of the header. */
export function headerNames(header: readonly string[], rows: readonly string[][]): string[] {
  const width = mostCommon(rows.map((row) => row.length));
  const wide = rows.filter((row) => row.length === width);
  // Few of them are rows that are too long, not a header that is too short.
  if (width <= header.length || wide.length < rows.length * 0.8) return [...header];
  let used = width; // cells that are empty in all rows come from a delimiter at the end
  while (used > header.length && wide.every((row) => (row[used - 1] ?? '') === '')) used--;
  if (used === header.length + 1) return ['', ...header];
  return [...header, ...Array<string>(used - header.length).fill('')];
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
  const sample = body.slice(0, 100);
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
