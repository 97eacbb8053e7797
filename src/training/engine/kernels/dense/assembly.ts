/**
 * A dense layer, forward: a product that is given its bias and activation some rows at a time, as they are finished and
 * still in the cache. AssemblyScript.
 */
import { addBiasActivate } from '../activation/assembly';
import { gemm, gemmOnto } from '../gemm/assembly';
import { packB, packedSize } from '../gemm/packing.assembly';
import { blockRows } from '../gemm/scratch.assembly';
import { floats } from '../lanes/assembly';

/**
 * z[rows, units] = x[rows, width] · kernel[width, units] + bias, y = activation(z). z and y as addBiasActivate has them.
 * @param bias [units]; 0: none
 * @param scratch as large as a product's of these sizes
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
  packB(kernel, units, 1, units, width, scratch);
  const rest = scratch + packedSize(units, width);
  densePacked(x, scratch, bias, z, y, rows, units, width, kind, rest);
}

/** As dense, with a kernel that packB packed. */
export function densePacked(
  x: usize,
  packed: usize,
  bias: usize,
  z: usize,
  y: usize,
  rows: i32,
  units: i32,
  width: i32,
  kind: i32,
  scratch: usize,
): void {
  for (let first = 0; first < rows; first += blockRows) {
    const some = min(blockRows, rows - first);
    const to = floats(first * units);
    const from = x + floats(first * width);
    gemmOnto(bias, 0, from, width, 1, packed, z + to, units, some, units, width, scratch);
    addBiasActivate(z + to, 0, y + to, some, units, kind);
  }
}
