/** What a table says of items or of people, in the order of the interactions': titles, categories, words, numbers. */
import {
  besidesRole,
  columnInRole,
  storageKind,
  type Besides,
  type Column,
  type ColumnSource,
  type ColumnVector,
} from '../data/schema.ts';
import { formatCell } from '../data/format-cell.ts';
import { isMissing, lengthOf, textAt } from '../data/vector.ts';
import { StudioError } from '../lib/errors.ts';
import type { Facts, FeatureField, ItemFeatures } from './item-features.ts';
import { partsOf } from './read-facts.ts';

/** Of items, or of people. */
export interface FeatureTable {
  features: ItemFeatures;
  /** What each is called; its id where the table has no name for it. */
  titles: string[];
  /** How many the table says nothing of. */
  unknown: number;
  /** Cells of one, by column, as they are shown; without empty ones and the id. */
  factsOf: (index: number) => { name: string; value: string }[];
  /** The same, as they are stored. */
  cellsOf: (index: number) => Facts;
}

/** More parts than one in this share of a column's cells make it a list of categories. */
const leastSplit = 0.05;
/** How often a category is there at least, on average. */
const leastRecurrence = 1.6;
const mostCategories = 5000;
const separators = ['|', ';', ', ', '/'];
/** RecBole's headers say what is below them: one thing, several with spaces between, numbers. */
const toldType = /:(token|token_seq|float|float_seq)$/;
const titleNames = /title|name|标题|名称|片名/i;

/** @throws StudioError `bad-config` before it is said which column is the item */
export async function readFeatures(
  source: ColumnSource,
  ids: readonly string[],
  about: Besides = 'items',
): Promise<FeatureTable> {
  const { dataSet } = source;
  const key = columnInRole(dataSet, besidesRole[about]);
  if (!key)
    throw new StudioError(
      'bad-config',
      `Say which column of "${dataSet.name}" is the ${besidesRole[about]}`,
    );
  const rowOf = rowsById(await source.column(key.name));
  const rows = Int32Array.from(ids, (id) => rowOf.get(id) ?? -1);
  const used = dataSet.columns.filter(({ role }) => role === 'feature');
  const texts: ColumnVector[] = [];
  const categories = new CategoryList(ids.length);
  const shown: { column: Column; vector: ColumnVector }[] = [];
  const numbers: { name: string; values: Float64Array }[] = [];
  const fields: FeatureField[] = [];
  for (const column of used) {
    const vector = await source.column(column.name);
    shown.push({ column, vector });
    const { name } = column;
    if (storageKind(column.type) === 'number') {
      const { values, mean, deviation } = standardised(vector, rows);
      numbers.push({ name, values });
      const isDate = column.type === 'date';
      fields.push({ type: 'number', name, mean, deviation, ...(isDate && { isDate }) });
    } else {
      const told = toldType.exec(column.name)?.[1];
      if (told === 'float_seq') continue; // what a model made of the item, not what is known of it
      const isList = told === 'token_seq' && !titleNames.test(column.name);
      const separator = isList ? ' ' : separatorOf(vector);
      if (separator !== null || isRecurring(vector)) {
        const values = categories.add(vector, rows, separator);
        fields.push({ type: 'categories', name, separator, values });
      } else {
        texts.push(vector);
        fields.push({ type: 'text', name });
      }
    }
  }
  return {
    features: {
      items: ids.length,
      categories: categories.result(),
      texts:
        texts.length > 0
          ? Array.from(rows, (row) =>
              row < 0 ? '' : texts.map((vector) => textAt(vector, row)).join(' '),
            )
          : null,
      numbers: numbers.length > 0 ? packed(numbers, ids.length) : null,
      fields,
    },
    titles: await titlesOf(source, rows, ids),
    unknown: rows.filter((row) => row < 0).length,
    factsOf(index) {
      const row = rows[index] ?? -1;
      if (row < 0) return [];
      return shown.flatMap(({ column, vector }) => {
        const value = formatCell(vector, row, column.type);
        return value === null ? [] : [{ name: column.name, value }];
      });
    },
    cellsOf(index) {
      const row = rows[index] ?? -1;
      if (row < 0) return {};
      return Object.fromEntries(
        shown.flatMap(({ column, vector }) => {
          if (isMissing(vector, row)) return [];
          const cell = vector.kind === 'number' ? (vector.values[row] ?? NaN) : textAt(vector, row);
          return [[column.name, cell] as const];
        }),
      );
    },
  };
}

/** The first row of each id. */
function rowsById(vector: ColumnVector): Map<string, number> {
  const rowOf = new Map<string, number>();
  for (let row = 0; row < lengthOf(vector); row++) {
    const id = textAt(vector, row);
    if (id !== '' && !rowOf.has(id)) rowOf.set(id, row);
  }
  return rowOf;
}

/** Whether a column's cells come again and again, as categories do; else they are names or words. */
function isRecurring(vector: ColumnVector): boolean {
  if (vector.kind !== 'code') return false;
  const present = vector.codes.filter((code) => code >= 0);
  return present.length >= leastRecurrence * new Set(present).size;
}

/** The separator of a column of lists, such as genres; null where cells are one thing each. */
function separatorOf(vector: ColumnVector): string | null {
  if (vector.kind === 'number') return null;
  const count = Math.min(lengthOf(vector), 2000);
  let best: string | null = null;
  let most = leastSplit * count;
  for (const separator of separators) {
    let split = 0;
    let occurrences = 0;
    const parts = new Set<string>();
    for (let row = 0; row < count; row++) {
      if (isMissing(vector, row)) continue;
      const cell = textAt(vector, row).split(separator);
      if (cell.length > 1) split++;
      for (const part of cell) parts.add(part);
      occurrences += cell.length;
    }
    // Of a list the parts come again and again; of a text they don't.
    if (split > most && occurrences >= leastRecurrence * parts.size)
      [best, most] = [separator, split];
  }
  return best;
}

class CategoryList {
  readonly #ofItem: Set<number>[];
  readonly #numbers = new Map<string, number>();

  constructor(items: number) {
    this.#ofItem = Array.from({ length: items }, () => new Set<number>());
  }

  /** @returns what is in the column */
  add(vector: ColumnVector, rows: Int32Array, separator: string | null): string[] {
    const values = new Set<string>();
    rows.forEach((row, item) => {
      if (row < 0 || isMissing(vector, row)) return;
      for (const name of partsOf(textAt(vector, row), separator)) {
        let number = this.#numbers.get(name);
        if (number === undefined) {
          if (this.#numbers.size >= mostCategories) continue;
          this.#numbers.set(name, (number = this.#numbers.size));
        }
        values.add(name);
        this.#ofItem[item]?.add(number);
      }
    });
    return [...values].sort();
  }

  result(): ItemFeatures['categories'] {
    if (this.#numbers.size === 0) return null;
    const starts = new Uint32Array(this.#ofItem.length + 1);
    this.#ofItem.forEach((set, item) => (starts[item + 1] = (starts[item] ?? 0) + set.size));
    return {
      names: [...this.#numbers.keys()],
      starts,
      indices: Uint32Array.from(this.#ofItem.flatMap((set) => [...set].sort((a, b) => a - b))),
    };
  }
}

/** (x − mean) / deviation over the items that have it; 0 elsewhere. */
function standardised(vector: ColumnVector, rows: Int32Array) {
  const values = Float64Array.from(rows, (row) =>
    row < 0 || vector.kind !== 'number' ? Number.NaN : (vector.values[row] ?? Number.NaN),
  );
  const known = values.filter((value) => Number.isFinite(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length || 1);
  const deviation = Math.sqrt(variance) || 1;
  return {
    ...{ mean, deviation },
    values: values.map((value) => (Number.isFinite(value) ? (value - mean) / deviation : 0)),
  };
}

function packed(numbers: { name: string; values: Float64Array }[], items: number) {
  const values = new Float32Array(items * numbers.length);
  numbers.forEach((column, at) =>
    column.values.forEach((value, item) => (values[item * numbers.length + at] = value)),
  );
  return { names: numbers.map(({ name }) => name), values };
}

async function titlesOf(
  source: ColumnSource,
  rows: Int32Array,
  items: readonly string[],
): Promise<string[]> {
  const column =
    source.dataSet.columns.find(({ name, role }) => role !== 'item' && titleNames.test(name)) ??
    source.dataSet.columns.find(({ type, role }) => role !== 'item' && type === 'text');
  if (!column) return [...items];
  const vector = await source.column(column.name);
  return Array.from(
    rows,
    (row, item) => (row < 0 ? '' : textAt(vector, row)) || (items[item] ?? ''),
  );
}
