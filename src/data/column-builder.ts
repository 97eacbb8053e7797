/** Takes one column's cells as text, gives blocks of its type. Keeps a block and the dictionary in memory, no more. */
import { isMissingText, parseDate, parseNumber } from './parse-cell.ts';
import type { InferredType } from './infer-types.ts';
import type { ColumnVector, UnreadCells } from './schema.ts';
import { storageKind } from './schema.ts';

export const blockRows = 65_536;

/** Most distinct values that a category may have; beyond, the column is text. */
export const mostCategories = 65_536;

const keptExamples = 5;

export interface ColumnBuilder {
  /** @param row counts from 1 */
  add(cell: string | null, row: number): void;
  /** What was added since the last call. */
  takeBlock(): ColumnVector;
  dictionary(): readonly string[] | undefined;
  unread(): UnreadCells | undefined;
}

export function columnBuilder(inferred: InferredType): ColumnBuilder {
  switch (storageKind(inferred.type)) {
    case 'number':
      return numberBuilder(readerOf(inferred));
    case 'code':
      return codeBuilder();
    case 'text':
      return textBuilder();
  }
}

function readerOf({ type, dateFormat, decimalComma }: InferredType) {
  if (type !== 'date') return (cell: string) => parseNumber(cell, decimalComma);
  const seen = new Map<string, number | undefined>(); // dates repeat, and are slow to read
  return (cell: string) => {
    if (seen.has(cell)) return seen.get(cell);
    const value = parseDate(cell, dateFormat ?? 'iso');
    if (seen.size < 100_000) seen.set(cell, value);
    return value;
  };
}

function numberBuilder(read: (cell: string) => number | undefined): ColumnBuilder {
  let block = new Float64Array(blockRows);
  let length = 0;
  let count = 0;
  const examples: UnreadCells['examples'] = [];
  return {
    add(cell, row) {
      let value = cell === null ? NaN : read(cell);
      if (value === undefined) {
        value = NaN;
        if (cell !== null && !isMissingText(cell)) {
          count++;
          if (examples.length < keptExamples) examples.push({ row, text: cell.slice(0, 200) });
        }
      }
      block[length++] = value;
    },
    takeBlock() {
      const values = block.subarray(0, length);
      block = new Float64Array(blockRows);
      length = 0;
      return { kind: 'number', values };
    },
    dictionary: () => undefined,
    unread: () => (count > 0 ? { count, examples } : undefined),
  };
}

function codeBuilder(): ColumnBuilder {
  const places = new Map<string, number>();
  const dictionary: string[] = [];
  let block = new Int32Array(blockRows);
  let length = 0;
  return {
    add(cell) {
      let code = -1;
      if (cell !== null) {
        const known = places.get(cell);
        if (known !== undefined) code = known;
        else if (!isMissingText(cell)) {
          code = dictionary.length;
          dictionary.push(cell);
          places.set(cell, code);
        }
      }
      block[length++] = code;
    },
    takeBlock() {
      const codes = block.subarray(0, length);
      block = new Int32Array(blockRows);
      length = 0;
      return { kind: 'code', codes, dictionary };
    },
    dictionary: () => dictionary,
    unread: () => undefined,
  };
}

function textBuilder(): ColumnBuilder {
  let values: (string | null)[] = [];
  return {
    add: (cell) => void values.push(cell === null || isMissingText(cell) ? null : cell),
    takeBlock() {
      const block: ColumnVector = { kind: 'text', values };
      values = [];
      return block;
    },
    dictionary: () => undefined,
    unread: () => undefined,
  };
}

/** What a column that isn't what it looked like is read as instead; null while it is. */
export function widened(
  inferred: InferredType,
  builder: ColumnBuilder,
  rows: number,
): InferredType | null {
  const unread = builder.unread()?.count ?? 0;
  if (unread > 20 && unread > rows * 0.01)
    return { type: (builder.unread()?.count ?? 0) > rows / 2 ? 'text' : 'category' };
  if (inferred.type === 'category' && (builder.dictionary()?.length ?? 0) > mostCategories)
    return { type: 'text' };
  return null;
}
