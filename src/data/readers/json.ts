/** JSON: a list of records, a list of rows, or {columns, data}. It can't be read piece by piece: see json-lines.ts. */
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote, TextRow } from '../schema.ts';
import { encodingOf } from './encoding.ts';
import {
  cellText,
  checkWidth,
  uniqueNames,
  type TableFile,
  type TableReader,
} from './table-reader.ts';
import { decodeText } from './text-lines.ts';

/** In UTF-16 units; parsed, JSON takes several times its size of memory. */
const largestJson = 256 * 2 ** 20;
const batchRows = 10_000;

interface Table {
  names: string[];
  rows: readonly unknown[];
  cell: (row: unknown, column: number) => string | null;
}

/** @throws StudioError `bad-data`, `unsupported` */
export async function openJson(file: TableFile): Promise<TableReader> {
  const encoding = encodingOf(file.head, file.headIsAll);
  const notes: ImportNote[] = [];
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of decodeText(file.bytes(), encoding, notes)) {
    length += piece.length;
    if (length > largestJson)
      throw new StudioError(
        'unsupported',
        `"${file.name}" is larger than ${largestJson / 2 ** 20} MB of JSON; save it as JSON Lines or CSV`,
      );
    pieces.push(piece);
  }
  const { names, rows, cell } = tableOf(parseJson(pieces.join(''), `"${file.name}"`), file.name);
  const width = checkWidth(names, file.name).length;
  return {
    dialect: { format: 'json', encoding },
    names: uniqueNames(names, notes),
    notes,
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface is for readers that wait
    async *batches() {
      for (let at = 0; at < rows.length; at += batchRows)
        yield rows
          .slice(at, at + batchRows)
          .map((row): TextRow => Array.from({ length: width }, (_, i) => cell(row, i)));
    },
  };
}

/** @param what is named in the error, which says where the text is wrong */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StudioError(
      'bad-data',
      `${what} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** @throws StudioError `bad-data` where the value isn't a record */
export function recordOf(value: unknown, file: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new StudioError(
    'bad-data',
    `"${file}" mixes records with other values, such as ${JSON.stringify(value).slice(0, 60)}`,
  );
}

/** A member by name; what an object has by nature ("constructor") is none. */
export function memberText(record: Record<string, unknown>, name: string): string | null {
  return Object.hasOwn(record, name) ? cellText(record[name]) : null;
}

function tableOf(value: unknown, file: string): Table {
  if (isRecord(value)) {
    const { columns, data } = value;
    if (Array.isArray(columns) && Array.isArray(data)) return fromRows(columns.map(String), data);
  }
  const list: unknown = isRecord(value) ? Object.values(value).find(Array.isArray) : value;
  if (!Array.isArray(list)) throw new StudioError('bad-data', `"${file}" holds no list of rows`);
  const rows: unknown[] = list;
  if (rows.length === 0) throw new StudioError('bad-data', `"${file}" has no rows`);
  if (rows.every(Array.isArray)) {
    const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0);
    return fromRows(
      Array.from({ length: width }, (_, i) => `column ${i + 1}`),
      rows,
    );
  }
  const found = new Set<string>();
  for (const row of rows) for (const name of Object.keys(recordOf(row, file))) found.add(name);
  const names = [...found];
  return {
    names,
    rows,
    cell: (row, i) => memberText(recordOf(row, file), names[i] ?? ''),
  };
}

function fromRows(names: string[], rows: readonly unknown[]): Table {
  return {
    names,
    rows,
    cell: (row, i) => (Array.isArray(row) ? cellText((row as unknown[])[i]) : null),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
