/**
 * Weighted sums of rows of a wide matrix, for many lists of rows: a panel of its columns at a time, small enough to stay
 * in a core's cache while all lists are gone through. On WebAssembly's vectors of two numbers.
 */
import { inRanges, type Parts } from '../../lib/parts.ts';
import { openAssembly } from './open-kernels.ts';

/** Columns of a panel, as `sumLists` in assembly.ts takes it: of 4,000 rows 256 kB. */
const columns = 8;
/** Panels filled together: another row is another page of memory, which few columns wouldn't be worth. */
const panelsAtOnce = 16;
/** Rows that panels are filled from between two breaks. */
const rowsAtOnce = 4096;
/** Entries of a list handled together; lists are filled up with values of 0. */
const together = 8;

export interface WeightedList {
  items: Uint32Array;
  values: Float32Array;
}

/**
 * out[l, c] = Σ over the list's entries of value · matrix[item, c], rounded as `sumLists` in assembly.ts says.
 * @param matrix [rows, width] row-major
 * @param out [lists, width]
 * @param codes of the assembly, for tests
 * @returns whether it is done: false where WebAssembly has no vectors
 */
export function* sumRows(
  matrix: Float32Array,
  width: number,
  lists: readonly WeightedList[],
  out: Float32Array,
  codes?: readonly string[],
): Parts<boolean> {
  const rows = matrix.length / width;
  const count = lists.length;
  const entries = lists.reduce((sum, { items }) => sum + filledUp(items.length), 0);
  // The last is all 0: what lists of ones are filled up with.
  const panelBytes = 8 * (rows + 1) * columns;
  // Those first that want places which eight divides.
  const places = { panels: 0, values: panelsAtOnce * panelBytes, entries: 0, starts: 0, sums: 0 };
  places.entries = places.values + 8 * entries;
  places.starts = places.entries + 4 * entries;
  places.sums = places.starts + 4 * (count + 1);
  const opened = openAssembly(places.sums + 4 * panelsAtOnce * count * columns, codes);
  if (!opened) return false;
  const { sumLists, sumListsOfOnes, memory } = opened;
  const areOnes = lists.every(({ values }) => values.every((value) => value === 1));
  const panels = new Float64Array(memory.buffer, places.panels, (panelsAtOnce * panelBytes) / 8);
  const sums = new Float32Array(memory.buffer, places.sums, panelsAtOnce * count * columns);
  layOut(lists, rows, {
    values: new Float64Array(memory.buffer, places.values, entries),
    entries: new Uint32Array(memory.buffer, places.entries, entries),
    starts: new Uint32Array(memory.buffer, places.starts, count + 1),
  });
  yield 0;
  for (let first = 0; first < width; first += columns * panelsAtOnce) {
    const used = Math.min(columns * panelsAtOnce, width - first);
    const filling = inRanges(
      rows,
      (from, to) => {
        fillPanels(panels, matrix, { width, rows, first, used }, from, to);
      },
      rowsAtOnce,
    );
    while (!filling.next().done) yield first / width;
    for (let p = 0; p * columns < used; p++) {
      const panel = places.panels + p * panelBytes;
      const to = places.sums + 4 * p * count * columns;
      const where = [panel, places.starts, count, places.entries] as const;
      if (areOnes) sumListsOfOnes(...where, to);
      else sumLists(...where, places.values, to);
      yield first / width;
    }
    for (let l = 0; l < count; l++)
      for (let c = 0; c < used; c++)
        out[l * width + first + c] = sums[((c >> 3) * count + l) * columns + (c & 7)] ?? 0;
    yield first / width;
  }
  return true;
}

function filledUp(length: number): number {
  return together * Math.ceil(length / together);
}

function layOut(
  lists: readonly WeightedList[],
  rows: number,
  into: { values: Float64Array; entries: Uint32Array; starts: Uint32Array },
) {
  let at = 0;
  for (const [l, { items, values }] of lists.entries()) {
    for (let n = 0; n < items.length; n++) {
      into.entries[at + n] = 8 * columns * (items[n] ?? 0);
      into.values[at + n] = values[n] ?? 0;
    }
    const end = at + filledUp(items.length);
    into.entries.fill(8 * columns * rows, at + items.length, end);
    at = end;
    into.starts[l + 1] = at;
  }
}

/** [panelsAtOnce, rows + 1, columns] of `used` columns from `first` on; the last row stays 0. */
function fillPanels(
  panels: Float64Array,
  matrix: Float32Array,
  { width, rows, first, used }: { width: number; rows: number; first: number; used: number },
  from: number,
  to: number,
) {
  const size = (rows + 1) * columns;
  const whole = used - (used % columns);
  for (let row = from; row < to; row++) {
    const start = row * width + first;
    let panel = row * columns;
    for (let c = 0; c < whole; c += columns, panel += size)
      for (let k = 0; k < columns; k++) panels[panel + k] = matrix[start + c + k] ?? 0;
    for (let k = 0; k < used - whole; k++) panels[panel + k] = matrix[start + whole + k] ?? 0;
  }
}
