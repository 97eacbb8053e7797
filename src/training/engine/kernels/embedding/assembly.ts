/** Rows of a table by number, and the reverse. AssemblyScript. Tokens are float32 that hold whole numbers. */
import { loadUpTo4, storeUpTo4 } from '../lanes/assembly';

/** y[count, columns] = table[tokens] @param mask [count]: 1 at tokens, 0 at padding; 0 for none */
export function embed(
  tokens: usize,
  table: usize,
  y: usize,
  mask: usize,
  count: i32,
  columns: i32,
  rows: i32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let i = 0; i < count; i++) {
    const token = tokenAt(tokens, i, rows);
    memory.copy(y, table + <usize>token * bytes, bytes);
    if (mask != 0) store<f32>(mask + ((<usize>i) << 2), token == 0 ? 0 : 1);
    y += bytes;
  }
}

/** tableGradient[rows, columns] = Σ of the gradients of each token's places */
export function embedGradient(
  tokens: usize,
  gradient: usize,
  tableGradient: usize,
  count: i32,
  columns: i32,
  rows: i32,
): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(tableGradient, 0, <usize>rows * bytes);
  for (let i = 0; i < count; i++) {
    const to = tableGradient + <usize>tokenAt(tokens, i, rows) * bytes;
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const sum = f32x4.add(loadUpTo4(to + at, rest), loadUpTo4(gradient + at, rest));
      storeUpTo4(to + at, sum, rest);
    }
    gradient += bytes;
  }
}

/**
 * y[segments, places, columns] = Σ of the rows x[rows, places, columns] that carry a segment's number.
 * @param numbers int32 [rows, places]; those of no segment count nowhere
 */
export function segmentSum(
  numbers: usize,
  x: usize,
  y: usize,
  rows: i32,
  places: i32,
  columns: i32,
  segments: i32,
): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(y, 0, <usize>(segments * places) * bytes);
  for (let row = 0; row < rows; row++)
    for (let place = 0; place < places; place++) {
      const segment = load<i32>(numbers);
      numbers += 4;
      if (segment >= 0 && segment < segments) {
        const to = y + <usize>(segment * places + place) * bytes;
        for (let k = 0; k < columns; k += 4) {
          const at = (<usize>k) << 2;
          const rest = columns - k;
          const sum = f32x4.add(loadUpTo4(to + at, rest), loadUpTo4(x + at, rest));
          storeUpTo4(to + at, sum, rest);
        }
      }
      x += bytes;
    }
}

/** Within the table, whatever the data says: nothing outside is read or written. */
// @ts-ignore: decorator
@inline
function tokenAt(tokens: usize, i: i32, rows: i32): i32 {
  return min(max(<i32>load<f32>(tokens + ((<usize>i) << 2)), 0), rows - 1);
}
