/** Takes one column's cells as text, gives blocks of its type. Keeps a block and the dictionary in memory, no more. */
import type { InferredType } from './infer-types.ts';
import { isBooleanText, isMissingText, parseDate, parseNumber } from './parse-cell.ts';
import {
  storageKind,
  type ColumnType,
  type ColumnVector,
  type TextRow,
  type UnreadCells,
} from './schema.ts';

/** Most distinct values that a category may have; beyond, the column is text. */
export const mostCategories = 65_536;

const keptExamples = 5;
const exampleLetters = 200;

export interface ColumnBuilder {
  /**
   * Takes the cells `rows[from][column]` to `rows[to − 1][column]`.
   * @param firstRow number of the row at `from`, from 1
   */
  add(rows: readonly TextRow[], column: number, from: number, to: number, firstRow: number): void;
  /** What was added since the last call. */
  takeBlock(): ColumnVector;
  /** Of code columns. */
  dictionary(): readonly string[] | undefined;
  /** The narrowest type of the same storage that all cells so far have. */
  type(): ColumnType;
  unread(): UnreadCells | undefined;
  /** Of dates that two formats read: which of them the cells so far speak for. */
  reads?(): 'format' | 'alternative' | 'both';
}

/**
 * @param strict for a type that a person asked for: 1.5 is no integer then, and "maybe" no boolean, where
 * otherwise the column's type would give way.
 */
export function columnBuilder(
  inferred: InferredType,
  blockRows: number,
  strict = false,
): ColumnBuilder {
  switch (storageKind(inferred.type)) {
    case 'number':
      return numberBuilder(inferred, blockRows, strict);
    case 'code':
      return codeBuilder(inferred.type, blockRows, strict);
    case 'text':
      return textBuilder(inferred.type);
  }
}

function numberBuilder(inferred: InferredType, blockRows: number, strict: boolean): ColumnBuilder {
  const read = readerOf(inferred);
  const rival = inferred.alternative === undefined ? undefined : rivalry(inferred.alternative);
  const isInteger = inferred.type === 'integer';
  const isPlain = inferred.type !== 'date' && !inferred.decimalComma; // called directly, it is inlined
  const unread = unreadCells();
  let hasFractions = false;
  let block = new Float64Array(blockRows);
  let length = 0;
  return {
    add(rows, column, from, to, firstRow) {
      for (let i = from; i < to; i++) {
        const cell = rows[i]?.[column];
        let value: number | undefined = NaN;
        if (cell) {
          value = isPlain ? parseNumber(cell) : read(cell);
          if (rival) rival.note(cell, value);
          if (isInteger && value !== undefined && Math.trunc(value) !== value) {
            if (strict) value = undefined;
            else hasFractions = true;
          }
          if (value === undefined) {
            value = NaN;
            if (!isMissingText(cell)) unread.add(cell, firstRow + i - from);
          }
        }
        block[length++] = value;
      }
    },
    takeBlock() {
      const values = block.subarray(0, length);
      block = new Float64Array(blockRows);
      length = 0;
      return { kind: 'number', values };
    },
    dictionary: () => undefined,
    type: () => (hasFractions ? 'number' : inferred.type),
    unread: unread.found,
    ...(rival && { reads: rival.verdict }),
  };
}

/** Keeps count, cell by cell, of where a second date format agrees with what was read. */
function rivalry(alternative: string) {
  const readElse = readerOf({ type: 'date', dateFormat: alternative });
  let rescued = 0;
  let failed = 0;
  return {
    note(cell: string, value: number | undefined) {
      if (failed > 0 && rescued > 0) return; // both formats occur: nothing more to learn
      const otherwise = readElse(cell);
      if (value === undefined && otherwise !== undefined) rescued++;
      if (value !== undefined && otherwise === undefined) failed++;
    },
    verdict: (): 'format' | 'alternative' | 'both' =>
      failed > 0 ? 'format' : rescued > 0 ? 'alternative' : 'both',
  };
}

function readerOf({ type, dateFormat, decimalComma }: InferredType) {
  if (type !== 'date') return (cell: string) => parseNumber(cell, decimalComma);
  const seen = new Map<string, number>(); // dates repeat, and are slow to read
  const recent = recentCells();
  return (cell: string) => {
    const slot = slotOf(cell);
    if (recent.cells[slot] === cell) return recent.values[slot];
    const value = seen.get(cell) ?? parseDate(cell, dateFormat ?? 'iso');
    if (value === undefined) return undefined;
    const kept = copyOf(cell);
    if (seen.size < 100_000) seen.set(kept, value);
    recent.cells[slot] = kept;
    recent.values[slot] = value;
    return value;
  };
}

function codeBuilder(type: ColumnType, blockRows: number, strict: boolean): ColumnBuilder {
  const unread = unreadCells();
  const places = new Map<string, number>();
  const recent = recentCells();
  const dictionary: string[] = [];
  let block = new Int32Array(blockRows);
  let length = 0;
  const codeOfNew = (cell: string, row: number) => {
    if (isMissingText(cell)) return -1;
    if (strict && type === 'boolean' && !isBooleanText(cell) && cell !== '0' && cell !== '1') {
      unread.add(cell, row);
      return -1;
    }
    const word = copyOf(cell);
    places.set(word, dictionary.length);
    return dictionary.push(word) - 1;
  };
  return {
    add(rows, column, from, to, firstRow) {
      for (let i = from; i < to; i++) {
        const cell = rows[i]?.[column];
        if (!cell) {
          block[length++] = -1;
          continue;
        }
        const slot = slotOf(cell);
        let code = recent.values[slot] ?? -1;
        if (recent.cells[slot] !== cell) {
          code = places.get(cell) ?? codeOfNew(cell, firstRow + i - from);
          if (code >= 0) {
            recent.cells[slot] = dictionary[code];
            recent.values[slot] = code;
          }
        }
        block[length++] = code;
      }
    },
    takeBlock() {
      const codes = block.subarray(0, length);
      block = new Int32Array(blockRows);
      length = 0;
      return { kind: 'code', codes, dictionary };
    },
    dictionary: () => dictionary,
    type: () =>
      type === 'boolean' && !strict && !(dictionary.length <= 2 && dictionary.every(isBooleanText))
        ? 'category'
        : type,
    unread: unread.found,
  };
}

const slots = 256;

/** What cells met lately stand for: comparing with the one in its slot is cheaper than hashing a cell. */
function recentCells() {
  return {
    cells: new Array<string | undefined>(slots).fill(undefined),
    values: new Float64Array(slots),
  };
}

function slotOf(cell: string): number {
  const last = cell.charCodeAt(cell.length - 1);
  const middle = cell.charCodeAt(cell.length >> 1);
  return (cell.charCodeAt(0) * 7 + middle * 31 + last * 3 + cell.length * 17) & (slots - 1);
}

function textBuilder(type: ColumnType): ColumnBuilder {
  let values: (string | null)[] = [];
  return {
    add(rows, column, from, to) {
      for (let i = from; i < to; i++) {
        const cell = rows[i]?.[column];
        values.push(!cell || isMissingText(cell) ? null : cell);
      }
    },
    takeBlock() {
      const block: ColumnVector = { kind: 'text', values };
      values = [];
      return block;
    },
    dictionary: () => undefined,
    type: () => type,
    unread: () => undefined,
  };
}

function unreadCells() {
  let count = 0;
  const examples: UnreadCells['examples'] = [];
  return {
    add(text: string, row: number) {
      count++;
      if (examples.length < keptExamples)
        examples.push({ row, text: copyOf(text.slice(0, exampleLetters)) });
    },
    found: () => (count > 0 ? { count, examples } : undefined),
  };
}

/** V8 cuts longer cells as views into the text around them: one kept cell would keep a piece of the file. */
function copyOf(cell: string): string {
  return cell.length < 13 ? cell : ` ${cell}`.slice(1);
}

export interface Misread {
  /** Some of the cells that aren't of the type. */
  odd: string[];
  /** What it must be, where that is known. */
  as?: InferredType;
}

/** Whether a column isn't what its first rows promised: more than a few of its cells, and more than 1 %. */
export function misreadOf(
  builder: ColumnBuilder,
  { alternative }: InferredType,
  rows: number,
): Misread | null {
  if (alternative !== undefined && builder.reads?.() === 'alternative')
    return { odd: [], as: { type: 'date', dateFormat: alternative } };
  const unread = builder.unread();
  if (unread && unread.count > 20 && unread.count > rows * 0.01)
    return { odd: unread.examples.map(({ text }) => text) };
  const isTooVaried = (builder.dictionary()?.length ?? 0) > mostCategories;
  return isTooVaried ? { odd: [], as: { type: 'text' } } : null;
}
