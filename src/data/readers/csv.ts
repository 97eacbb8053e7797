/** Delimited text of any dialect, streamed: papaparse cuts the cells, this keeps the rows even. */
import Papa from 'papaparse';
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote } from '../schema.ts';
import {
  cleanRows,
  cutRows,
  detectDialect,
  headerNames,
  metadataClasses,
  newlineOf,
  quoting,
  type CsvDialect,
} from './csv-dialect.ts';
import { encodingOf } from './encoding.ts';
import {
  checkWidth,
  longestLine,
  uniqueNames,
  type TableFile,
  type TableReader,
} from './table-reader.ts';
import { decodeText } from './text-lines.ts';

/** @throws StudioError `bad-data` for a file without rows, or too wide */
export function openCsv(file: TableFile, overrides: Partial<CsvDialect> = {}): TableReader {
  const encoding = knownEncoding(overrides.encoding ?? encodingOf(file.head, file.headIsAll));
  const sample = new TextDecoder(encoding).decode(file.head, { stream: !file.headIsAll });
  const dialect = detectDialect(sample, encoding, overrides);
  const lines = cutRows(sample, dialect, dialect.skipLines + sampleRows);
  if (!file.headIsAll && lines.length > 2) lines.pop(); // it may be cut off
  const [firstLine = []] = lines;
  const [firstRow = firstLine, ...rowsBelow] = lines.slice(dialect.skipLines);
  const head = dialect.header ? headerNames(firstRow, rowsBelow) : firstRow;
  checkWidth(head, file.name);
  const notes: ImportNote[] = [];
  const metadata =
    dialect.skipLines === 1 && !dialect.header ? metadataClasses(firstLine, head.length) : null;
  const names = uniqueNames(dialect.header ? head : defaultNames(head.length, metadata), notes);
  return {
    dialect,
    names,
    notes,
    async *batches() {
      const even = evenRows(names.length, notes);
      let toSkip = dialect.skipLines + (dialect.header ? 1 : 0);
      for await (const rows of rowsOf(file, dialect, newlineOf(sample), notes)) {
        const body = toSkip > 0 ? rows.slice(toSkip) : rows;
        toSkip -= rows.length - body.length;
        yield metadata ? withClassNames(even(body), metadata) : even(body);
      }
      even([]);
    },
  };
}

/** Rows that decide how wide the table is. */
const sampleRows = 100;

async function* rowsOf(
  file: TableFile,
  dialect: CsvDialect,
  newline: '\n' | '\r',
  notes: ImportNote[],
) {
  const parse = (text: string, isLast: boolean) => {
    const parser = new Papa.Parser({
      delimiter: dialect.delimiter,
      ...quoting(dialect.quote),
      newline,
    });
    // The types give `unknown`; a Parser without a header yields rows of strings.
    return parser.parse(text, 0, !isLast) as Papa.ParseResult<string[]>;
  };
  let rest = '';
  for await (const piece of decodeText(file.bytes(), dialect.encoding, notes)) {
    rest += piece;
    const { data, meta } = parse(rest, false);
    rest = rest.slice(meta.cursor);
    if (rest.length > longestLine)
      throw new StudioError(
        'bad-data',
        `"${file.name}": a row is longer than ${longestLine / 2 ** 20} MB. Is a quote left open, or is this no table?`,
      );
    yield cleanRows(data, newline);
  }
  const { data, errors } = parse(rest, true);
  const unclosed = errors.find(({ code }) => code === 'MissingQuotes');
  if (unclosed)
    throw new StudioError(
      'bad-data',
      `"${file.name}": a quote (${dialect.quote}) is opened and never closed, near "${rest.slice(0, 60)}"`,
    );
  yield cleanRows(data, newline);
}

/** Fills short rows, cuts long ones, and notes how many of each there were, at the end (an empty batch). */
function evenRows(width: number, notes: ImportNote[]) {
  const short = { type: 'short-rows' as const, count: 0, row: 0 };
  const long = { type: 'long-rows' as const, count: 0, row: 0 };
  let row = 0;
  return (rows: (string | null)[][]): (string | null)[][] => {
    if (rows.length === 0 && row > 0) {
      for (const note of [short, long])
        if (note.count > 0 && !notes.includes(note)) notes.push(note);
    }
    for (const cells of rows) {
      row++;
      if (cells.length === width) continue;
      // A delimiter after the last cell makes no row too long.
      if (cells.length > width && cells.slice(width).every((cell) => cell === '')) {
        cells.length = width;
        continue;
      }
      const note = cells.length < width ? short : long;
      if (note.count++ === 0) note.row = row;
      while (cells.length < width) cells.push(null);
      cells.length = width;
    }
    return rows;
  };
}

function defaultNames(width: number, classes: string[] | null): string[] {
  const names = Array.from({ length: width }, (_, i) => `feature_${i + 1}`);
  if (classes) names[width - 1] = 'class';
  return names;
}

function withClassNames(rows: (string | null)[][], classes: string[]) {
  for (const cells of rows) {
    const last = cells.length - 1;
    cells[last] = classes[Number(cells[last])] ?? cells[last] ?? null;
  }
  return rows;
}

function knownEncoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    throw new StudioError('bad-config', `No encoding is called "${label}"`, { cause: error });
  }
}
