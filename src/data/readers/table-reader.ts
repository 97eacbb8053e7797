/** What every reader gives: names, and rows of text in batches, without holding the whole file. */
import { canonicalJson } from '../../lib/digest.ts';
import { StudioError } from '../../lib/errors.ts';
import type { Dialect, ImportNote, TextRow } from '../schema.ts';

export interface TableReader {
  dialect: Dialect;
  names: string[];
  /** Cells as text, null where there is none. Rows have as many cells as there are names. */
  batches(): AsyncGenerator<TextRow[], void, undefined>;
  /** Complete once the batches have ended. */
  notes: ImportNote[];
}

/** A file as its readers see it; `bytes` streams from its start, gunzipped. */
export interface TableFile {
  name: string;
  blob: Blob;
  /** The first bytes, gunzipped: many lines of text, or more bytes than a line may have. */
  head: Uint8Array;
  headIsAll: boolean;
  bytes(): ReadableStream<Uint8Array>;
  /** To be told of bytes that are read from the blob without `bytes`. */
  onBytes(bytes: number): void;
}

/** A "line" of more is no line: the quote or the delimiter is wrong, or it is no table. */
export const longestLine = 16 * 2 ** 20;

const mostColumns = 10_000;

/** @throws StudioError `bad-data` for no columns, or too many */
export function checkWidth(names: string[], file: string): string[] {
  if (names.length === 0) throw new StudioError('bad-data', `"${file}" has no columns`);
  if (names.length <= mostColumns) return names;
  throw new StudioError(
    'bad-data',
    `"${file}" has ${names.length} columns; at most ${mostColumns} can be used`,
  );
}

/** Makes names unique ("x", "x (2)") and fills empty ones ("column 3"). */
export function uniqueNames(names: readonly string[], notes: ImportNote[]): string[] {
  const taken = new Set<string>();
  return names.map((original, i) => {
    const wanted = original.trim() || `column ${i + 1}`;
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted} (${n})`;
    if (name !== wanted) notes.push({ type: 'renamed-column', from: wanted, to: name });
    taken.add(name);
    return name;
  });
}

/** One list of the notes of several files, whose rows follow one another and whose columns are the same. */
export function joinNotes(
  files: readonly { notes: readonly ImportNote[]; firstRow: number }[],
): ImportNote[] {
  const joined: ImportNote[] = [];
  for (const { notes, firstRow } of files)
    for (const note of notes)
      switch (note.type) {
        case 'short-rows':
        case 'long-rows': {
          const known = joined.find(({ type }) => type === note.type);
          if (known?.type === note.type) known.count += note.count;
          else joined.push({ ...note, row: note.row + firstRow });
          break;
        }
        case 'left-out-member':
          joined.push({ ...note, row: note.row + firstRow });
          break;
        case 'ambiguous-date':
        case 'renamed-column':
        case 'undecodable-bytes':
          if (!joined.some((other) => canonicalJson(other) === canonicalJson(note)))
            joined.push(note);
      }
  return joined;
}

/** A value of JSON or Parquet as a cell; what holds others becomes JSON. */
export function cellText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      return JSON.stringify(value, (_key, member: unknown) =>
        typeof member === 'bigint' ? plainInteger(member) : member,
      );
    default:
      return null;
  }
}

/** Parquet's 64-bit integers as JSON has them; as text where a number would round. */
function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
