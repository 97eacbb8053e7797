/**
 * Products that leave zeros out: of a vector with many of them a list of the others, and the sum of another matrix's
 * rows by a list. Nothing branches on what is 0: which numbers are can't be foretold. AssemblyScript.
 */
import { transpose4 } from '../gemm/packing.assembly';
import { floats, madd, storeOrAdd } from '../lanes/assembly';

/** Columns that sumListed sums at a time. */
export const sumColumns: i32 = 32;
/** Columns whose sums are taken one list after the other: what they read stays in the second cache. */
export const mostColumns: i32 = 128;
/** Bytes of what fillTable writes. */
export const tableBytes: usize = 64;
/** Bytes of a list before its entries: where they end. */
const header: usize = 16;
/** Bytes of an entry: a number, and how far its row lies from the first. */
const entry: usize = 8;

/** Bytes of a list of `count` entries at most: they are written two at a time. */
export function listBytes(count: i32): usize {
  return header + <usize>(count + 2) * entry;
}

/** Rows that are looked at for zeros. */
const triedRows: i32 = 8;

/** Of a few rows, spread over all, the share of their first `columns` numbers that aren't 0. */
export function shareOfOthers(from: usize, rows: i32, columns: i32, width: i32): f32 {
  const some = min(rows, triedRows);
  let counts = i32x4.splat(0);
  let others = 0;
  for (let i = 0; i < some; i++) {
    let at = from + floats(((i * rows) / some) * width);
    const end = at + floats(columns);
    for (; at + 16 <= end; at += 16)
      counts = i32x4.sub(counts, f32x4.ne(v128.load(at), f32x4.splat(0)));
    for (; at < end; at += 4) others += <i32>(load<f32>(at) != 0);
  }
  others += i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1);
  others += i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
  return <f32>others / <f32>(some * columns);
}

/** Of numbers that aren't 0: with more than these, leaving the others out takes longer than it saves. */
const mostOthers: f32 = 0.6;
/** Numbers in which it's worth looking for zeros. */
const leastNumbers: i32 = 24;

/** Whether lists of `count` numbers at most could be worth it, to sum `columns` columns. */
// @ts-ignore: decorator
@inline
export function couldList(count: i32, columns: i32): bool {
  return count >= leastNumbers && columns >= sumColumns;
}

/** Whether they are, of such a share of all numbers. */
export function isWorthListing(share: f32, columns: i32): bool {
  const summed = ((columns + sumColumns - 1) / sumColumns) * sumColumns; // some of them twice
  return share * <f32>summed <= mostOthers * <f32>columns;
}

/** How many of the columns that are left to take: so many that none are left, or enough for sumListed. */
// @ts-ignore: decorator
@inline
export function columnsAtOnce(left: i32): i32 {
  if (left <= mostColumns) return left;
  return left < mostColumns + sumColumns ? mostColumns - sumColumns : mostColumns;
}

/** For listOthers: of each choice of two entries, which bytes bring the chosen ones to the front. */
export function fillTable(table: usize): void {
  const both = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(table, both);
  v128.store(table, both, 16);
  v128.store(table, i8x16(8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15), 32);
  v128.store(table, both, 48);
}

/** Of numbers side by side those that aren't 0; the offset of the i-th is i · `step`. */
export function listOthers(from: usize, count: i32, step: i32, list: usize, table: usize): void {
  let to = list + header;
  let offsets = i32x4.mul(i32x4.splat(step), i32x4(0, 1, 2, 3));
  const steps = i32x4.splat(4 * step);
  const end = from + floats(count);
  for (; from + 16 <= end; from += 16) {
    const numbers = v128.load(from);
    const chosen = i32x4.bitmask(f32x4.ne(numbers, f32x4.splat(0)));
    const low = chosen & 3,
      high = chosen >> 2;
    v128.store(to, toFront(v128.shuffle<f32>(numbers, offsets, 0, 4, 1, 5), low, table));
    to += popcnt(low) << 3;
    v128.store(to, toFront(v128.shuffle<f32>(numbers, offsets, 2, 6, 3, 7), high, table));
    to += popcnt(high) << 3;
    offsets = i32x4.add(offsets, steps);
  }
  let offset = i32x4.extract_lane(offsets, 0);
  for (; from < end; from += 4) {
    const value = load<f32>(from);
    store<f32>(to, value);
    store<i32>(to, offset, 4);
    to += (<usize>(value != 0)) << 3;
    offset += step;
  }
  store<usize>(list, to);
}

// @ts-ignore: decorator
@inline
function toFront(entries: v128, chosen: i32, table: usize): v128 {
  const bytes = v128.load(table + (chosen << 4));
  return ASC_FEATURE_RELAXED_SIMD
    ? i8x16.relaxed_swizzle(entries, bytes)
    : i8x16.swizzle(entries, bytes);
}

/** Some columns of a matrix as rows, side by side. */
export function columnsAsRows(from: usize, rows: i32, columns: i32, width: i32, to: usize): void {
  const step = floats(width);
  const stepTo = floats(rows);
  let row = 0;
  for (; row + 4 <= rows; row += 4)
    transpose4(from + <usize>row * step, step, columns, to + floats(row), stepTo);
  for (; row < rows; row++)
    for (let column = 0; column < columns; column++)
      store<f32>(
        to + <usize>column * stepTo + floats(row),
        load<f32>(from + <usize>row * step + floats(column)),
      );
}

/** Columns of a matrix that sumListed takes at a time, rows side by side. */
export function packColumns(from: usize, rows: i32, width: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < floats(sumColumns); at += 16)
      v128.store(to + at, v128.load(from + at));
    from += floats(width);
    to += floats(sumColumns);
  }
}

/**
 * Σ value · x[offset] over a list, of 32 columns of x.
 * @param stepTo bytes from a column's sum to the next
 * @param accumulate whether the sums are added to what is there
 */
export function sumListed(x: usize, list: usize, to: usize, stepTo: usize, accumulate: bool): void {
  const end = load<usize>(list);
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0;
  for (let at = list + header; at < end; at += entry) {
    const value = v128.load32_splat(at);
    const from = x + load<u32>(at, 4);
    s0 = madd(v128.load(from), value, s0);
    s1 = madd(v128.load(from, 16), value, s1);
    s2 = madd(v128.load(from, 32), value, s2);
    s3 = madd(v128.load(from, 48), value, s3);
    s4 = madd(v128.load(from, 64), value, s4);
    s5 = madd(v128.load(from, 80), value, s5);
    s6 = madd(v128.load(from, 96), value, s6);
    s7 = madd(v128.load(from, 112), value, s7);
  }
  if (stepTo == 4) {
    storeOrAdd(to, s0, accumulate);
    storeOrAdd(to + 16, s1, accumulate);
    storeOrAdd(to + 32, s2, accumulate);
    storeOrAdd(to + 48, s3, accumulate);
    storeOrAdd(to + 64, s4, accumulate);
    storeOrAdd(to + 80, s5, accumulate);
    storeOrAdd(to + 96, s6, accumulate);
    storeOrAdd(to + 112, s7, accumulate);
    return;
  }
  to = storeApart(to, s0, stepTo, accumulate);
  to = storeApart(to, s1, stepTo, accumulate);
  to = storeApart(to, s2, stepTo, accumulate);
  to = storeApart(to, s3, stepTo, accumulate);
  to = storeApart(to, s4, stepTo, accumulate);
  to = storeApart(to, s5, stepTo, accumulate);
  to = storeApart(to, s6, stepTo, accumulate);
  storeApart(to, s7, stepTo, accumulate);
}

/** @returns where the next goes */
// @ts-ignore: decorator
@inline
function storeApart(to: usize, x: v128, apart: usize, accumulate: bool): usize {
  const second = to + apart,
    third = second + apart,
    fourth = third + apart;
  if (accumulate) {
    let known = v128.load32_zero(to);
    known = v128.load_lane<f32>(second, known, 1);
    known = v128.load_lane<f32>(third, known, 2);
    x = f32x4.add(x, v128.load_lane<f32>(fourth, known, 3));
  }
  v128.store_lane<f32>(to, x, 0);
  v128.store_lane<f32>(second, x, 1);
  v128.store_lane<f32>(third, x, 2);
  v128.store_lane<f32>(fourth, x, 3);
  return fourth + apart;
}
