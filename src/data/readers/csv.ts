/** Delimited text of any dialect, streamed: papaparse cuts the cells, this keeps the rows even. */
import Papa from 'papaparse';
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote } from '../schema.ts';
import { detectDialect, metadataClasses, type CsvDialect } from './csv-dialect.ts';
import { encodingOf } from './encoding.ts';
import {
  checkWidth,
  longestLine,
  uniqueNames,
  type TableFile,
  type TableReader,
} from './table-reader.ts';
import { decodeText } from './text-lines.ts';

/** @throws StudioError `bad-data` for a table too wide, `bad-config` for an encoding that isn't known */
export function openCsv(file: TableFile, overrides: Partial<CsvDialect> = {}): TableReader {
  const encoding = knownEncoding(overrides.encoding ?? encodingOf(file.head, file.headIsAll));
  const sample = new TextDecoder(encoding).decode(file.head, { stream: !file.headIsAll });
  const dialect = detectDialect(sample, encoding, overrides);
  const newline = newlineOf(sample);
  const [skipped, table] = splitLines(sample, dialect.skipLines, newline);
  const [head = []] = cutRows(table, dialect, newline, { preview: 50 }).rows;
  const notes: ImportNote[] = [];
  const metadata =
    dialect.skipLines === 1 && !dialect.header
      ? metadataClasses(skipped.trim().split(dialect.delimiter), head.length)
      : null;
  const names = dialect.header ? head : defaultNames(head.length, metadata);
  return {
    dialect,
    names: uniqueNames(checkWidth(names, file.name), notes),
    notes,
    async *batches() {
      const even = evenRows(names.length);
      let isHeader = dialect.header;
      for await (const rows of rowsOf(file, dialect, newline, notes)) {
        if (isHeader && rows.length > 0) isHeader = rows.shift() === undefined;
        even.add(rows);
        if (metadata) nameClasses(rows, metadata);
        yield rows;
      }
      notes.push(...even.notes());
    },
  };
}

interface Cut {
  rows: string[][];
  /** Where the first row that isn't whole begins. */
  end: number;
  isUnclosed: boolean;
}

/** @param options.isCut the last row may not be whole and is left */
function cutRows(
  text: string,
  { delimiter, quote }: CsvDialect,
  newline: '\n' | '\r',
  { isCut = false, preview = 0 } = {},
): Cut {
  const parser = new Papa.Parser({ delimiter, quoteChar: quote, newline, preview });
  // The types give `unknown`; a Parser without a header yields rows of strings.
  const { data, errors, meta } = parser.parse(text, 0, isCut) as Papa.ParseResult<string[]>;
  if (newline === '\n' && text.includes('\r\n'))
    for (const cells of data) {
      const last = cells.length - 1;
      const cell = cells[last];
      if (cell?.endsWith('\r')) cells[last] = cell.slice(0, -1);
    }
  return {
    rows: data.every(isRow) ? data : data.filter(isRow),
    end: meta.cursor,
    isUnclosed: errors.some(({ code }) => code === 'MissingQuotes'),
  };
}

/** \r\n is read as \n: files mix the two. */
function newlineOf(sample: string): '\n' | '\r' {
  return !sample.includes('\n') && sample.includes('\r') ? '\r' : '\n';
}

/** The first lines, and the rest: '' where there are fewer. */
function splitLines(text: string, lines: number, newline: string): [string, string] {
  let at = 0;
  for (let i = 0; i < lines; i++) {
    const end = text.indexOf(newline, at);
    if (end < 0) return [text, ''];
    at = end + 1;
  }
  return [text.slice(0, at), text.slice(at)];
}

async function* rowsOf(
  file: TableFile,
  dialect: CsvDialect,
  newline: '\n' | '\r',
  notes: ImportNote[],
) {
  let toSkip = dialect.skipLines;
  let rest = '';
  for await (const piece of decodeText(file.bytes(), dialect.encoding, notes)) {
    rest += piece;
    for (; toSkip > 0 && rest.includes(newline); toSkip--) [, rest] = splitLines(rest, 1, newline);
    if (toSkip === 0) {
      const { rows, end } = cutRows(rest, dialect, newline, { isCut: true });
      rest = rest.slice(end);
      yield rows;
    }
    if (rest.length > longestLine)
      throw new StudioError(
        'bad-data',
        `"${file.name}": a row is longer than ${longestLine / 2 ** 20} MB. Is a quote left open, or is this no table?`,
      );
  }
  const { rows, isUnclosed } = cutRows(toSkip > 0 ? '' : rest, dialect, newline);
  if (isUnclosed)
    throw new StudioError(
      'bad-data',
      `"${file.name}": a quote (${dialect.quote}) is opened and never closed, near "${rest.slice(0, 60)}"`,
    );
  yield rows;
}

/** Blank lines are no rows. */
function isRow(cells: string[]): boolean {
  return cells.length > 1 || (cells[0] ?? '').trim() !== '';
}

/** Fills short rows, cuts long ones, and counts both. */
function evenRows(width: number) {
  const short = { type: 'short-rows' as const, count: 0, row: 0 };
  const long = { type: 'long-rows' as const, count: 0, row: 0 };
  let row = 0;
  return {
    add(rows: (string | null)[][]) {
      for (const cells of rows) {
        row++;
        if (cells.length === width) continue;
        const note = cells.length < width ? short : long;
        if (note.count++ === 0) note.row = row;
        while (cells.length < width) cells.push(null);
        cells.length = width;
      }
    },
    notes: () => [short, long].filter(({ count }) => count > 0),
  };
}

function defaultNames(width: number, classes: string[] | null): string[] {
  const names = Array.from({ length: width }, (_, i) => `feature_${i + 1}`);
  if (classes) names[width - 1] = 'class';
  return names;
}

function nameClasses(rows: string[][], classes: readonly string[]) {
  for (const cells of rows) {
    const last = cells.length - 1;
    const code = cells[last] ?? '';
    cells[last] = (/^\d+$/.test(code) ? classes[Number(code)] : undefined) ?? code;
  }
}

function knownEncoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    throw new StudioError('bad-config', `No encoding is called "${label}"`, { cause: error });
  }
}
