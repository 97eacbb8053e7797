/**
 * A dense layer, forward: a product that is given its bias and activation some rows at a time, as they are finished and
 * still in the cache. Where enough of the rows' inputs are 0, the product leaves them out. AssemblyScript.
 */
import { addBiasActivate } from '../activation/assembly';
import { gemm, gemmOnto } from '../gemm/assembly';
import { packB, packedSize } from '../gemm/packing.assembly';
import { blockRows, packedScratch } from '../gemm/scratch.assembly';
import { floats } from '../lanes/assembly';
import {
  columnsAtOnce,
  couldList,
  fillTable,
  isWorthListing,
  listBytes,
  listOthers,
  mostColumns,
  shareOfOthers,
  sumColumns,
  sumListed,
  tableBytes,
} from './sparse.assembly';

/** Rows whose inputs are listed at a time. */
const listedRows: i32 = 16;

/** Bytes of scratch for a dense layer, forward. */
export function denseScratch(rows: i32, units: i32, width: i32): i32 {
  return packedSize(units, width) + max(packedScratch(rows, width), listsScratch(units, width));
}

function listsScratch(units: i32, width: i32): i32 {
  if (!couldList(width, units)) return 0;
  const part = units > mostColumns ? floats(width * mostColumns) : 0;
  return <i32>(tableBytes + <usize>listedRows * listBytes(width) + part);
}

/**
 * z[rows, units] = x[rows, width] · kernel[width, units] + bias, y = activation(z). z and y as addBiasActivate has them.
 * What is infinite or no number in the kernel where the input is 0 may be left out.
 * @param bias [units]; 0: none
 * @param scratch as large as denseScratch
 */
export function dense(
  x: usize,
  kernel: usize,
  bias: usize,
  z: usize,
  y: usize,
  rows: i32,
  units: i32,
  width: i32,
  kind: i32,
  scratch: usize,
): void {
  if (rows == 1 || units == 1) {
    gemm(x, width, 1, kernel, units, 1, z, units, rows, units, width, false, scratch);
    addBiasActivate(z, bias, y, rows, units, kind);
    return;
  }
  blocksOfRows(x, kernel, false, bias, z, y, rows, units, width, kind, scratch);
}

/** As dense, of rows from a multiple of 96 on, with the kernel packed by packB at the start of scratch as well. */
export function densePacked(
  x: usize,
  kernel: usize,
  bias: usize,
  z: usize,
  y: usize,
  rows: i32,
  units: i32,
  width: i32,
  kind: i32,
  scratch: usize,
): void {
  blocksOfRows(x, kernel, true, bias, z, y, rows, units, width, kind, scratch);
}

function blocksOfRows(
  x: usize,
  kernel: usize,
  isPacked: bool,
  bias: usize,
  z: usize,
  y: usize,
  rows: i32,
  units: i32,
  width: i32,
  kind: i32,
  scratch: usize,
): void {
  const rest = scratch + packedSize(units, width);
  for (let first = 0; first < rows; first += blockRows) {
    const some = min(blockRows, rows - first);
    const to = z + floats(first * units);
    const from = x + floats(first * width);
    let added = bias;
    if (couldList(width, units) && isWorthListing(shareOfOthers(from, some, width, width), units))
      sumRows(from, kernel, to, some, units, width, rest);
    else {
      if (!isPacked) packB(kernel, units, 1, units, width, scratch);
      isPacked = true;
      gemmOnto(bias, 0, from, width, 1, scratch, to, units, some, units, width, rest);
      added = 0;
    }
    addBiasActivate(to, added, y + floats(first * units), some, units, kind);
  }
}

/** The product of rows with many zeros. */
function sumRows(
  x: usize,
  kernel: usize,
  z: usize,
  rows: i32,
  units: i32,
  width: i32,
  scratch: usize,
): void {
  fillTable(scratch);
  if (units <= mostColumns) {
    sumUnits(x, kernel, units, z, rows, units, width, scratch);
    return;
  }
  const part = scratch + tableBytes + <usize>listedRows * listBytes(width);
  for (let unit = 0; unit < units;) {
    const count = columnsAtOnce(units - unit);
    for (let i = 0; i < width; i++)
      memory.copy(part + floats(i * count), kernel + floats(i * units + unit), floats(count));
    sumUnits(x, part, count, z + floats(unit), rows, units, width, scratch);
    unit += count;
  }
}

/** Of `count` units, whose part of the kernel is [width, count]. Scratch begins with the table. */
function sumUnits(
  x: usize,
  kernel: usize,
  count: i32,
  z: usize,
  rows: i32,
  units: i32,
  width: i32,
  scratch: usize,
): void {
  const lists = scratch + tableBytes;
  const length = listBytes(width);
  for (let first = 0; first < rows; first += listedRows) {
    const some = min(listedRows, rows - first);
    for (let row = 0; row < some; row++) {
      const list = lists + <usize>row * length;
      listOthers(x + floats(row * width), width, <i32>floats(count), list, scratch);
    }
    for (let row = 0; row < some; row++)
      for (let unit = 0; unit < count; unit += sumColumns) {
        // The last ones may begin within those before.
        const at = floats(min(unit, count - sumColumns));
        const to = z + floats(row * units) + at;
        sumListed(kernel + at, lists + <usize>row * length, to, 4, false);
      }
    x += floats(some * width);
    z += floats(some * units);
  }
}
