/** LSTM over whole sequences, [steps, rows, units], as sequence.assembly.ts lays them out. AssemblyScript. */
import { clear, copy } from '../copy/assembly';
import { gemmPacked } from '../gemm/assembly';
import { packB, packedSize } from '../gemm/packing.assembly';
import { floats, loadUpTo4, madd, sigmoids, storeUpTo4, tanh4, tanhs } from '../lanes/assembly';
import { isStep } from './sequence.assembly';

/**
 * @param gates [steps, rows, 4 · units]: x W + b, which becomes the activated gates
 * @param hidden, cell: the states; where the sequence starts they are 0
 */
export function lstm(
  gates: usize,
  recurrent: usize,
  hidden: usize,
  cell: usize,
  mask: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  scratch: usize,
): void {
  lstmSteps(
    gates,
    recurrent,
    hidden,
    cell,
    mask,
    steps,
    rows,
    units,
    isBackward,
    0,
    steps,
    scratch,
  );
}

/** The same, of the steps from `first` to before `last` in the order in which they are taken; after those before them. */
export function lstmSteps(
  gates: usize,
  recurrent: usize,
  hidden: usize,
  cell: usize,
  mask: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const wide = 4 * units;
  const state = floats(rows * units);
  packB(recurrent, wide, 1, wide, units, scratch);
  const rest = scratch + packedSize(wide, units);
  if (first == 0) {
    const start = isBackward ? <usize>steps * state : 0;
    clear(hidden + start, rows * units);
    clear(cell + start, rows * units);
  }
  for (let i = first; i < last; i++) {
    const step = isBackward ? steps - 1 - i : i;
    const z = gates + floats(step * rows * wide);
    const before = <usize>(isBackward ? step + 1 : step) * state;
    const after = <usize>(isBackward ? step : step + 1) * state;
    gemmPacked(hidden + before, units, 1, scratch, z, wide, rows, wide, units, true, rest);
    for (let row = 0; row < rows; row++) {
      const from = floats(row * units);
      const here = z + floats(row * wide);
      const isKept = !isStep(mask, row, steps, step);
      if (isKept) {
        copy(cell + before + from, cell + after + from, units);
        copy(hidden + before + from, hidden + after + from, units);
        continue;
      }
      // input, forget, candidate and output, side by side
      const forget = here + floats(units);
      const fresh = here + floats(2 * units);
      const output = here + floats(3 * units);
      sigmoids(here, here, 2 * units);
      tanhs(fresh, fresh, units);
      sigmoids(output, output, units);
      const next = cell + after + from;
      for (let k = 0; k < units; k += 4) {
        const at = floats(k);
        const left = units - k;
        const kept = f32x4.mul(loadUpTo4(here + at, left), loadUpTo4(fresh + at, left));
        const c = loadUpTo4(cell + before + from + at, left);
        storeUpTo4(next + at, madd(loadUpTo4(forget + at, left), c, kept), left);
      }
      const given = hidden + after + from;
      tanhs(next, given, units);
      for (let k = 0; k < units; k += 4) {
        const at = floats(k);
        const left = units - k;
        const h = f32x4.mul(loadUpTo4(output + at, left), loadUpTo4(given + at, left));
        storeUpTo4(given + at, h, left);
      }
    }
  }
}

/**
 * @param gates as lstm left them; they become the gradients of x W + b
 * @param outer gradients of the hidden states from outside, [steps, rows, units], or of the last alone
 * @param slope, cellSlope [rows, units]: carried from step to step; begun at 0
 */
export function lstmGradient(
  gates: usize,
  recurrent: usize,
  cell: usize,
  mask: usize,
  outer: usize,
  isOfLast: bool,
  slope: usize,
  cellSlope: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  scratch: usize,
): void {
  lstmGradientSteps(
    gates,
    recurrent,
    cell,
    mask,
    outer,
    isOfLast,
    slope,
    cellSlope,
    steps,
    rows,
    units,
    isBackward,
    0,
    steps,
    scratch,
  );
}

/** The same, of the steps from `first` to before `last` in the order in which they are taken; after those before them. */
export function lstmGradientSteps(
  gates: usize,
  recurrent: usize,
  cell: usize,
  mask: usize,
  outer: usize,
  isOfLast: bool,
  slope: usize,
  cellSlope: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const wide = 4 * units;
  const state = floats(rows * units);
  packB(recurrent, 1, wide, units, wide, scratch);
  const rest = scratch + packedSize(units, wide);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  if (first == 0) {
    clear(slope, rows * units);
    clear(cellSlope, rows * units);
    if (isOfLast) copy(outer, slope, rows * units);
  }
  for (let i = first; i < last; i++) {
    const step = isBackward ? i : steps - 1 - i;
    const z = gates + floats(step * rows * wide);
    const before = <usize>(isBackward ? step + 1 : step) * state;
    const after = <usize>(isBackward ? step : step + 1) * state;
    const from = outer + <usize>step * state;
    for (let row = 0; row < rows; row++) {
      const here = z + floats(row * wide);
      const own = floats(row * units);
      const isKept = !isStep(mask, row, steps, step);
      for (let k = 0; k < units; k += 4) {
        const at = floats(k);
        const left = units - k;
        let h = loadUpTo4(slope + own + at, left);
        if (!isOfLast) h = f32x4.add(h, loadUpTo4(from + own + at, left));
        if (isKept) {
          // What comes back goes on as it is, past the product with zeros below.
          storeUpTo4(slope + own + at, h, left);
          for (let gate = 0; gate < 4; gate++)
            storeUpTo4(here + at + floats(gate * units), zero, left);
          continue;
        }
        const input = loadUpTo4(here + at, left);
        const forget = loadUpTo4(here + at + floats(units), left);
        const fresh = loadUpTo4(here + at + floats(2 * units), left);
        const output = loadUpTo4(here + at + floats(3 * units), left);
        const bent = tanh4(loadUpTo4(cell + after + own + at, left));
        const old = loadUpTo4(cell + before + own + at, left);
        const through = f32x4.mul(h, output);
        const c = madd(
          through,
          f32x4.sub(one, f32x4.mul(bent, bent)),
          loadUpTo4(cellSlope + own + at, left),
        );
        storeUpTo4(
          here + at,
          f32x4.mul(f32x4.mul(c, fresh), f32x4.mul(input, f32x4.sub(one, input))),
          left,
        );
        storeUpTo4(
          here + at + floats(units),
          f32x4.mul(f32x4.mul(c, old), f32x4.mul(forget, f32x4.sub(one, forget))),
          left,
        );
        storeUpTo4(
          here + at + floats(2 * units),
          f32x4.mul(f32x4.mul(c, input), f32x4.sub(one, f32x4.mul(fresh, fresh))),
          left,
        );
        storeUpTo4(
          here + at + floats(3 * units),
          f32x4.mul(f32x4.mul(h, bent), f32x4.mul(output, f32x4.sub(one, output))),
          left,
        );
        storeUpTo4(cellSlope + own + at, f32x4.mul(c, forget), left);
        storeUpTo4(slope + own + at, zero, left);
      }
    }
    gemmPacked(z, wide, 1, scratch, slope, units, rows, units, wide, true, rest);
  }
}
