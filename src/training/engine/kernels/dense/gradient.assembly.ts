/**
 * The gradient of a dense layer's kernel. After a rectifier about half of the slopes are 0: where enough are, the
 * product leaves them out. AssemblyScript.
 */
import { gemm, gemmTiled } from '../gemm/assembly';
import { floats, madd } from '../lanes/assembly';

/** Inputs whose sums are taken at a time, one slope after the other. */
const block: i32 = 32;
/** Rows whose inputs of a block stay in the first cache; of fewer, the lists take as long as the product. */
const mostRows: i32 = 256;
const leastRows: i32 = 16;
/** Of slopes that aren't 0; above it the product of all is faster. */
const mostShare: f32 = 0.7;
/** Units whose slopes are listed at a time. */
const mostUnits: i32 = 128;
/** Bytes of a slope that isn't 0: how far its row lies from the first, and the slope. */
const entry: usize = 8;

/** Bytes of scratch that leaving slopes out needs. */
export function sparseScratch(rows: i32, units: i32): i32 {
  const count = min(rows, mostRows);
  return min(units, mostUnits) * (count + 1) * <i32>entry + count * <i32>floats(block);
}

/**
 * kernelGradient[inputs, units] = xᵀ[inputs, rows] · slope[rows, units], of some inputs of all `width`; the result for
 * each doesn't depend on which others are asked for. What is infinite or no number where the slope is 0 is left out.
 * @param scratch as large as a product's of these sizes, and as sparseScratch
 */
export function denseKernelGradient(
  x: usize,
  slope: usize,
  kernelGradient: usize,
  rows: i32,
  units: i32,
  width: i32,
  inputs: i32,
  scratch: usize,
): void {
  if (width == 1) {
    gemm(x, 1, 1, slope, units, 1, kernelGradient, units, 1, units, rows, false, scratch);
    return;
  }
  let done = 0;
  if (rows >= leastRows && rows <= mostRows && inputs >= block && hasZeros(slope, rows, units))
    done = sparse(x, slope, kernelGradient, rows, units, width, inputs, scratch);
  gemmTiled(
    x + floats(done),
    1,
    width,
    slope,
    units,
    1,
    kernelGradient + floats(done * units),
    units,
    inputs - done,
    units,
    rows,
    false,
    scratch,
  );
}

/** Whether so many of some rows' slopes are 0. */
function hasZeros(slope: usize, rows: i32, units: i32): bool {
  let others = 0;
  const tried = 4 * units;
  for (let row = 0; row < 4; row++) {
    const from = slope + floats(((row * rows) >> 2) * units);
    for (let unit = 0; unit < units; unit++) others += <i32>(load<f32>(from + floats(unit)) != 0);
  }
  return <f32>others <= mostShare * <f32>tried;
}

/** @returns how many of the inputs are done */
function sparse(
  x: usize,
  slope: usize,
  kernelGradient: usize,
  rows: i32,
  units: i32,
  width: i32,
  inputs: i32,
  lists: usize,
): i32 {
  const done = inputs - (inputs % block);
  const length = <usize>(rows + 1) * entry; // a list's length, and its entries
  const packed = lists + <usize>min(units, mostUnits) * length;
  for (let first = 0; first < units; first += mostUnits) {
    const some = min(mostUnits, units - first);
    listSlopes(slope + floats(first), rows, some, units, lists, length);
    for (let input = 0; input < done; input += block) {
      packInputs(x + floats(input), rows, width, packed);
      for (let unit = 0; unit < some; unit++) {
        const list = lists + <usize>unit * length;
        sumBlock(
          packed,
          list + entry,
          load<i32>(list),
          kernelGradient + floats(input * units + first + unit),
          floats(units),
        );
      }
    }
  }
  return done;
}

/** Of each of `count` units the slopes that aren't 0, after how many there are. */
function listSlopes(
  slope: usize,
  rows: i32,
  count: i32,
  units: i32,
  lists: usize,
  length: usize,
): void {
  for (let unit = 0; unit < count; unit++) store<i32>(lists + <usize>unit * length, 0);
  for (let row = 0; row < rows; row++) {
    const offset = <i32>floats(row * block);
    let list = lists;
    for (let unit = 0; unit < count; unit++) {
      const value = load<f32>(slope + floats(unit));
      // Written in any case, and kept if it isn't 0: that is quicker than to ask.
      const known = load<i32>(list);
      const to = list + entry + <usize>known * entry;
      store<i32>(to, offset);
      store<f32>(to, value, 4);
      store<i32>(list, known + <i32>(value != 0));
      list += length;
    }
    slope += floats(units);
  }
}

/** A block of each row's inputs, side by side. */
function packInputs(x: usize, rows: i32, width: i32, packed: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < floats(block); at += 16)
      v128.store(packed + at, v128.load(x + at));
    x += floats(width);
    packed += floats(block);
  }
}

/** Σ value · x[offset] over a list, of 32 inputs, each to a row of its own. */
function sumBlock(x: usize, list: usize, count: i32, to: usize, apart: usize): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0;
  const end = list + <usize>count * entry;
  for (; list < end; list += entry) {
    const value = v128.load32_splat(list, 4);
    const from = x + load<u32>(list);
    s0 = madd(v128.load(from), value, s0);
    s1 = madd(v128.load(from, 16), value, s1);
    s2 = madd(v128.load(from, 32), value, s2);
    s3 = madd(v128.load(from, 48), value, s3);
    s4 = madd(v128.load(from, 64), value, s4);
    s5 = madd(v128.load(from, 80), value, s5);
    s6 = madd(v128.load(from, 96), value, s6);
    s7 = madd(v128.load(from, 112), value, s7);
  }
  to = storeApart(to, s0, apart);
  to = storeApart(to, s1, apart);
  to = storeApart(to, s2, apart);
  to = storeApart(to, s3, apart);
  to = storeApart(to, s4, apart);
  to = storeApart(to, s5, apart);
  to = storeApart(to, s6, apart);
  to = storeApart(to, s7, apart);
}

/** @returns where the next goes */
// @ts-ignore: decorator
@inline
function storeApart(to: usize, x: v128, apart: usize): usize {
  v128.store_lane<f32>(to, x, 0);
  v128.store_lane<f32>(to + apart, x, 1);
  to += 2 * apart;
  v128.store_lane<f32>(to, x, 2);
  v128.store_lane<f32>(to + apart, x, 3);
  return to + 2 * apart;
}
