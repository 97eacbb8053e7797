/**
 * The gradient of a dense layer's kernel by lists of the inputs or of the slopes that aren't 0 (sparse.assembly.ts).
 * AssemblyScript.
 */
import { floats } from '../lanes/assembly';
import {
  columnsAsRows,
  columnsAtOnce,
  couldList,
  fillTable,
  listBytes,
  listOthers,
  mostColumns,
  packColumns,
  sumColumns,
  sumListed,
  tableBytes,
} from './sparse.assembly';

/** Inputs for which one way to their products is chosen. */
export const block: i32 = sumColumns;
export const byTiles: u8 = 0;
export const byInputs: u8 = 1;
export const bySlopes: u8 = 2;

/** Rows that are taken at a time: with a block of their inputs or slopes they stay in the first cache. */
const mostRows: i32 = 256;
/** Columns that are laid out for their lists at a time: what they take of a row is a line of the cache. */
const laidOut: i32 = 16;

/** Bytes of scratch for gradientByLists. */
export function listsScratch(rows: i32, units: i32, width: i32): i32 {
  const some = min(rows, mostRows);
  const others = max(floats(laidOut * some) + listBytes(some), floats(block * some));
  return <i32>(
    (tableBytes + slopesBytes(some, units) + slopeListsBytes(some, units, width) + others)
  );
}

/** Of some units' slopes, in blocks side by side. */
// @ts-ignore: decorator
@inline
function slopesBytes(rows: i32, units: i32): usize {
  return couldList(rows, units) ? floats(rows * (min(units, mostColumns) + sumColumns)) : 0;
}

// @ts-ignore: decorator
@inline
function slopeListsBytes(rows: i32, units: i32, width: i32): usize {
  return width >= block ? <usize>min(units, mostColumns) * listBytes(rows) : 0;
}

/** @returns up to which input the way is the same as for `from` */
export function runEnd(ways: usize, from: i32, inputs: i32): i32 {
  const way = load<u8>(ways + from / block);
  do from += block;
  while (from < inputs && load<u8>(ways + from / block) == way);
  return min(from, inputs);
}

/** As denseKernelGradient, of the blocks of inputs whose way, a byte each, isn't by tiles. */
export function gradientByLists(
  x: usize,
  slope: usize,
  kernelGradient: usize,
  rows: i32,
  units: i32,
  width: i32,
  inputs: i32,
  ways: usize,
  scratch: usize,
): void {
  fillTable(scratch);
  const parts = (rows + mostRows - 1) / mostRows;
  const each = ((rows + parts - 1) / parts + 3) & ~3;
  for (let row = 0; row < rows; row += each) {
    const some = min(each, rows - row);
    const part = x + floats(row * width);
    for (let unit = 0; unit < units;) {
      const count = columnsAtOnce(units - unit);
      const slopes = slope + floats(row * units + unit);
      const to = kernelGradient + floats(unit);
      ofUnits(part, slopes, to, some, count, units, width, inputs, row > 0, ways, scratch);
      unit += count;
    }
  }
}

/** Of `count` units. Scratch begins with the table. */
function ofUnits(
  x: usize,
  slope: usize,
  kernelGradient: usize,
  rows: i32,
  count: i32,
  units: i32,
  width: i32,
  inputs: i32,
  accumulate: bool,
  ways: usize,
  scratch: usize,
): void {
  const slopes = scratch + tableBytes;
  const slopeLists = slopes + slopesBytes(rows, units);
  const rest = slopeLists + slopeListsBytes(rows, units, width);
  let isPacked = false;
  let isListed = false;
  for (let from = 0; from < inputs;) {
    const way = load<u8>(ways + from / block);
    const to = runEnd(ways, from, inputs);
    const corner = x + floats(from);
    const target = kernelGradient + floats(from * units);
    const some = to - from;
    if (way == byInputs) {
      if (!isPacked) packSlopes(slope, rows, count, units, accumulate, slopes);
      isPacked = true;
      sumInputs(corner, slopes, target, rows, count, units, width, some, accumulate, scratch, rest);
    } else if (way == bySlopes) {
      if (!isListed) listSlopes(slope, rows, count, units, scratch, slopeLists, rest);
      isListed = true;
      sumSlopes(corner, slopeLists, target, rows, count, units, width, some, accumulate, rest);
    }
    from = to;
  }
}

/**
 * Blocks of units. The last may begin within the one before it: what both have is 0 there if it is added, and the same
 * otherwise.
 */
function packSlopes(
  slope: usize,
  rows: i32,
  count: i32,
  units: i32,
  isAdded: bool,
  to: usize,
): void {
  for (let unit = 0; unit < count; unit += sumColumns) {
    const from = min(unit, count - sumColumns);
    packColumns(slope + floats(from), rows, units, to);
    if (isAdded && from < unit)
      for (let row = 0; row < rows; row++)
        memory.fill(to + floats(row * sumColumns), 0, floats(unit - from));
    to += floats(rows * sumColumns);
  }
}

/** Each input's list with all packed slopes. */
function sumInputs(
  x: usize,
  packed: usize,
  kernelGradient: usize,
  rows: i32,
  count: i32,
  units: i32,
  width: i32,
  inputs: i32,
  accumulate: bool,
  table: usize,
  scratch: usize,
): void {
  const list = scratch + floats(laidOut * rows);
  for (let from = 0; from < inputs; from += laidOut) {
    const some = min(laidOut, inputs - from);
    columnsAsRows(x + floats(from), rows, some, width, scratch);
    for (let input = 0; input < some; input++) {
      listOthers(scratch + floats(input * rows), rows, <i32>floats(sumColumns), list, table);
      let slopes = packed;
      for (let unit = 0; unit < count; unit += sumColumns) {
        const to = kernelGradient + floats(min(unit, count - sumColumns));
        sumListed(slopes, list, to, 4, accumulate);
        slopes += floats(rows * sumColumns);
      }
      kernelGradient += floats(units);
    }
  }
}

/** Of each of some units a list. */
function listSlopes(
  slope: usize,
  rows: i32,
  count: i32,
  units: i32,
  table: usize,
  lists: usize,
  scratch: usize,
): void {
  for (let from = 0; from < count; from += laidOut) {
    const some = min(laidOut, count - from);
    columnsAsRows(slope + floats(from), rows, some, units, scratch);
    for (let unit = 0; unit < some; unit++) {
      listOthers(scratch + floats(unit * rows), rows, <i32>floats(block), lists, table);
      lists += listBytes(rows);
    }
  }
}

/** Each unit's list with one block of inputs after the other. */
function sumSlopes(
  x: usize,
  lists: usize,
  kernelGradient: usize,
  rows: i32,
  count: i32,
  units: i32,
  width: i32,
  inputs: i32,
  accumulate: bool,
  packed: usize,
): void {
  for (let input = 0; input < inputs; input += block) {
    packColumns(x + floats(input), rows, width, packed);
    const target = kernelGradient + floats(input * units);
    for (let unit = 0; unit < count; unit++) {
      const list = lists + <usize>unit * listBytes(rows);
      sumListed(packed, list, target + floats(unit), floats(units), accumulate);
    }
  }
}
