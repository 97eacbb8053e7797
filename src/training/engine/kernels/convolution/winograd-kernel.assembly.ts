/**
 * The gradient of a kernel of three by three without strides, the way back through winograd.assembly.ts:
 * ∂g = Gᵀ[Σ (Bᵀ d B)ᵀ (A ∂y Aᵀ)]G, the sum over all tiles, a product of matrices at each of 16 places. AssemblyScript.
 */
import { gemm, gemmScratch } from '../gemm/assembly';
import { floats } from '../lanes/assembly';
import {
  addBorder,
  channels,
  inHeight,
  inWidth,
  left,
  outHeight,
  outWidth,
  part,
  top,
} from './image.assembly';
import {
  places,
  reachOf,
  takeTiles,
  tiledFloats,
  tilesAtATime,
  tilesOver,
} from './winograd.assembly';

/** Bytes of scratch; the first of them keep the sum between calls. */
export function kernelGradientScratch(window: usize, filters: i32): i32 {
  const depth = part(window, channels);
  const most = tilesAtATime(depth, filters);
  return (
    4 * places * (depth * filters + most * (depth + filters)) +
    4 * tiledFloats(part(window, outHeight), part(window, outWidth), depth) +
    gemmScratch(depth, filters, most)
  );
}

/** kernelGradient = that of these images. */
export function tiledKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  memory.fill(scratch, 0, floats(places * part(window, channels) * filters));
  addTiledKernelGradient(x, gradient, kernelGradient, window, batch, filters, scratch);
}

/** kernelGradient = that of these images too, where the last call with this scratch was of those before them. */
export function addTiledKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  const depth = part(window, channels);
  const rows = part(window, inHeight),
    columns = part(window, inWidth);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  const tilesX = tilesOver(outColumns);
  const tiles = tilesOver(outRows) * tilesX;
  const toColumns = reachOf(tilesX);
  const outLine = floats(outColumns * filters);
  const matrix = floats(depth * filters);
  const most = tilesAtATime(depth, filters);
  const pixels = scratch + <usize>places * matrix;
  const slopes = pixels + floats(places * most * depth);
  const image = slopes + floats(places * most * filters);
  const rest = image + floats(tiledFloats(outRows, outColumns, depth));
  for (let i = 0; i < batch; i++) {
    addBorder(
      x,
      rows,
      columns,
      depth,
      part(window, top),
      part(window, left),
      reachOf(tilesOver(outRows)),
      toColumns,
      image,
    );
    for (let first = 0; first < tiles; first += most) {
      const some = min(most, tiles - first);
      takeTiles(image, floats(toColumns * depth), depth, tilesX, first, some, pixels);
      for (let t = 0; t < some; t++) {
        const tileY = (first + t) / tilesX;
        const row = 2 * tileY,
          column = 2 * (first + t - tileY * tilesX);
        takeSlopes(
          gradient + <usize>row * outLine + floats(column * filters),
          outLine,
          outRows - row,
          outColumns - column,
          filters,
          slopes + floats(t * filters),
          floats(some * filters),
        );
      }
      for (let place = 0; place < places; place++)
        gemm(
          pixels + floats(place * some * depth),
          1,
          depth,
          slopes + floats(place * some * filters),
          filters,
          1,
          scratch + <usize>place * matrix,
          filters,
          depth,
          filters,
          some,
          true,
          rest,
        );
    }
    x += floats(rows * columns * depth);
    gradient += <usize>outRows * outLine;
  }
  gather(scratch, matrix, kernelGradient);
}

/** A ∂y Aᵀ of a tile, 16 places `step` bytes apart; the slope of an output that there isn't is 0. */
function takeSlopes(
  gradient: usize,
  line: usize,
  rows: i32,
  columns: i32,
  filters: i32,
  to: usize,
  step: usize,
): void {
  const next = floats(filters);
  const none = f32x4.splat(0);
  for (let at: usize = 0; at < next; at += 16) {
    const from = gradient + at;
    const g00 = v128.load(from);
    const g01 = columns > 1 ? v128.load(from + next) : none;
    const g10 = rows > 1 ? v128.load(from + line) : none;
    const g11 = rows > 1 && columns > 1 ? v128.load(from + line + next) : none;
    takeSlopeRow(g00, g01, to + at, step);
    takeSlopeRow(f32x4.add(g00, g10), f32x4.add(g01, g11), to + at + 4 * step, step);
    takeSlopeRow(f32x4.sub(g00, g10), f32x4.sub(g01, g11), to + at + 8 * step, step);
    takeSlopeRow(f32x4.neg(g10), f32x4.neg(g11), to + at + 12 * step, step);
  }
}

/** A row of A ∂y times Aᵀ. */
// @ts-ignore: decorator
@inline
function takeSlopeRow(g0: v128, g1: v128, to: usize, step: usize): void {
  v128.store(to, g0);
  v128.store(to + step, f32x4.add(g0, g1));
  v128.store(to + 2 * step, f32x4.sub(g0, g1));
  v128.store(to + 3 * step, f32x4.neg(g1));
}

/** Gᵀ u G of 16 matrices: the kernel's nine places. */
function gather(u: usize, matrix: usize, kernelGradient: usize): void {
  const half = f32x4.splat(0.5);
  for (let at: usize = 0; at < matrix; at += 16)
    for (let row: usize = 0; row < 3; row++) {
      const from = u + at;
      const r0 = inRow(from, matrix, row),
        r1 = inRow(from + matrix, matrix, row),
        r2 = inRow(from + 2 * matrix, matrix, row),
        r3 = inRow(from + 3 * matrix, matrix, row);
      const sum = f32x4.mul(f32x4.add(r1, r2), half);
      const to = kernelGradient + 3 * row * matrix + at;
      v128.store(to, f32x4.add(r0, sum));
      v128.store(to + matrix, f32x4.mul(f32x4.sub(r1, r2), half));
      v128.store(to + 2 * matrix, f32x4.add(sum, r3));
    }
}

/** A number of a column of Gᵀ u, in its row. */
// @ts-ignore: decorator
@inline
function inRow(u: usize, matrix: usize, row: usize): v128 {
  const half = f32x4.splat(0.5);
  const inner = v128.load(u + 4 * matrix),
    other = v128.load(u + 8 * matrix);
  if (row == 1) return f32x4.mul(f32x4.sub(inner, other), half);
  const sum = f32x4.mul(f32x4.add(inner, other), half);
  return f32x4.add(v128.load(row == 0 ? u : u + 12 * matrix), sum);
}
