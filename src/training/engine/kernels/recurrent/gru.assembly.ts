/** GRU over whole sequences, [steps, rows, units], as sequence.assembly.ts lays them out. AssemblyScript. */
import { addInto, clear, copy } from '../copy/assembly';
import { gemmOnto, gemmPacked } from '../gemm/assembly';
import { packB, packedSize } from '../gemm/packing.assembly';
import { floats, loadUpTo4, madd, sigmoids, storeUpTo4, tanhs } from '../lanes/assembly';
import { isStep } from './sequence.assembly';

/**
 * @param gates [steps, rows, 3 · units]: x W + b, which becomes the activated gates
 * @param inner [steps, rows, 3 · units]: h U + its bias, kept for the way back
 */
export function gru(
  gates: usize,
  recurrent: usize,
  recurrentBias: usize,
  inner: usize,
  hidden: usize,
  mask: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  scratch: usize,
): void {
  gruSteps(
    gates,
    recurrent,
    recurrentBias,
    inner,
    hidden,
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
export function gruSteps(
  gates: usize,
  recurrent: usize,
  recurrentBias: usize,
  inner: usize,
  hidden: usize,
  mask: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const wide = 3 * units;
  const state = floats(rows * units);
  packB(recurrent, wide, 1, wide, units, scratch);
  const rest = scratch + packedSize(wide, units);
  if (first == 0) clear(hidden + (isBackward ? <usize>steps * state : 0), rows * units);
  for (let i = first; i < last; i++) {
    const step = isBackward ? steps - 1 - i : i;
    const z = gates + floats(step * rows * wide);
    const r = inner + floats(step * rows * wide);
    const before = hidden + <usize>(isBackward ? step + 1 : step) * state;
    const after = hidden + <usize>(isBackward ? step : step + 1) * state;
    gemmOnto(recurrentBias, 0, before, units, 1, scratch, r, wide, rows, wide, units, rest);
    for (let row = 0; row < rows; row++) {
      const own = floats(row * units);
      const here = z + floats(row * wide);
      const past = r + floats(row * wide);
      const isKept = !isStep(mask, row, steps, step);
      if (isKept) {
        copy(before + own, after + own, units);
        continue;
      }
      // update, reset and candidate, side by side
      addInto(here, past, 2 * units);
      sigmoids(here, here, 2 * units);
      const reset = here + floats(units);
      const fresh = here + floats(2 * units);
      const inside = past + floats(2 * units);
      for (let k = 0; k < units; k += 4) {
        const at = floats(k);
        const left = units - k;
        const sum = madd(
          loadUpTo4(reset + at, left),
          loadUpTo4(inside + at, left),
          loadUpTo4(fresh + at, left),
        );
        storeUpTo4(fresh + at, sum, left);
      }
      tanhs(fresh, fresh, units);
      for (let k = 0; k < units; k += 4) {
        const at = floats(k);
        const left = units - k;
        const candidate = loadUpTo4(fresh + at, left);
        const kept = f32x4.sub(loadUpTo4(before + own + at, left), candidate);
        storeUpTo4(after + own + at, madd(loadUpTo4(here + at, left), kept, candidate), left);
      }
    }
  }
}

/** As lstmGradient; `inner` becomes the gradients of h U + its bias. */
export function gruGradient(
  gates: usize,
  recurrent: usize,
  inner: usize,
  hidden: usize,
  mask: usize,
  outer: usize,
  isOfLast: bool,
  slope: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  scratch: usize,
): void {
  gruGradientSteps(
    gates,
    recurrent,
    inner,
    hidden,
    mask,
    outer,
    isOfLast,
    slope,
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
export function gruGradientSteps(
  gates: usize,
  recurrent: usize,
  inner: usize,
  hidden: usize,
  mask: usize,
  outer: usize,
  isOfLast: bool,
  slope: usize,
  steps: i32,
  rows: i32,
  units: i32,
  isBackward: bool,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const wide = 3 * units;
  const state = floats(rows * units);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  packB(recurrent, 1, wide, units, wide, scratch);
  const rest = scratch + packedSize(units, wide);
  if (first == 0) {
    clear(slope, rows * units);
    if (isOfLast) copy(outer, slope, rows * units);
  }
  for (let i = first; i < last; i++) {
    const step = isBackward ? i : steps - 1 - i;
    const z = gates + floats(step * rows * wide);
    const r = inner + floats(step * rows * wide);
    const before = hidden + <usize>(isBackward ? step + 1 : step) * state;
    const from = outer + <usize>step * state;
    for (let row = 0; row < rows; row++) {
      const own = floats(row * units);
      const here = z + floats(row * wide);
      const past = r + floats(row * wide);
      const isKept = !isStep(mask, row, steps, step);
      for (let k = 0; k < units; k += 4) {
        const at = floats(k);
        const left = units - k;
        const second = at + floats(units);
        const third = at + floats(2 * units);
        let h = loadUpTo4(slope + own + at, left);
        if (!isOfLast) h = f32x4.add(h, loadUpTo4(from + own + at, left));
        if (isKept) {
          storeUpTo4(slope + own + at, h, left);
          for (let gate = 0; gate < 3; gate++) {
            storeUpTo4(here + at + floats(gate * units), zero, left);
            storeUpTo4(past + at + floats(gate * units), zero, left);
          }
          continue;
        }
        const update = loadUpTo4(here + at, left);
        const reset = loadUpTo4(here + second, left);
        const fresh = loadUpTo4(here + third, left);
        const candidate = f32x4.mul(
          f32x4.mul(h, f32x4.sub(one, update)),
          f32x4.sub(one, f32x4.mul(fresh, fresh)),
        );
        const turn = f32x4.mul(
          f32x4.mul(h, f32x4.sub(loadUpTo4(before + own + at, left), fresh)),
          f32x4.mul(update, f32x4.sub(one, update)),
        );
        const open = f32x4.mul(
          f32x4.mul(candidate, loadUpTo4(past + third, left)),
          f32x4.mul(reset, f32x4.sub(one, reset)),
        );
        storeUpTo4(here + at, turn, left);
        storeUpTo4(here + second, open, left);
        storeUpTo4(here + third, candidate, left);
        storeUpTo4(past + at, turn, left);
        storeUpTo4(past + second, open, left);
        storeUpTo4(past + third, f32x4.mul(candidate, reset), left);
        storeUpTo4(slope + own + at, f32x4.mul(h, update), left);
      }
    }
    gemmPacked(r, wide, 1, scratch, slope, units, rows, units, wide, true, rest);
  }
}
