/**
 * Convolutions by windows of three by three without strides: two by two outputs at a time, a tile, by 16
 * multiplications where there are 36 (Winograd's F(2 × 2, 3 × 3), as Lavin and Gray 2016 have it):
 * Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A for a window g and an image's four by four pixels d. Over channels ⊙ is a product of
 * matrices at each of 16 places. AssemblyScript.
 */
import { multiplyBlock } from '../gemm/assembly';
import { packedSize } from '../gemm/packing.assembly';
import { edgeBytes } from '../gemm/tile.assembly';
import { floats, storeOrAdd } from '../lanes/assembly';
import {
  addBorder,
  channels,
  height,
  inHeight,
  inWidth,
  isDense,
  outHeight,
  outWidth,
  part,
  width,
} from './image.assembly';
import { packKernel } from './winograd-packing.assembly';

export const places: i32 = 16;
/** Floats at each place, of pixels and of outputs, that stay in the second cache. */
const floatsAtATime: i32 = 8192;

/** How many are taken together. */
export function tilesAtATime(depth: i32, filters: i32): i32 {
  return max(8, min(64, floatsAtATime / (depth + filters)) & ~3);
}

/** Tiles that outputs take, along or down. */
// @ts-ignore: decorator
@inline
export function tilesOver(outputs: i32): i32 {
  return (outputs + 1) >> 1;
}

/** Pixels that so many tiles reach over. */
// @ts-ignore: decorator
@inline
export function reachOf(tiles: i32): i32 {
  return 2 * tiles + 2;
}

/** Whether it takes so many fewer multiplications, of few enough borders, that it is the faster way. */
export function isWinograd(window: usize, filters: i32): bool {
  const depth = part(window, channels);
  const hasVectors = ((depth | filters) & 3) == 0 && depth >= 16 && filters >= 16;
  const isThree = part(window, height) == 3 && part(window, width) == 3;
  return hasVectors && isThree && isDense(window) && hasFewBorders(window);
}

/** Forward and back: the outputs of one way are the inputs of the other. */
function hasFewBorders(window: usize): bool {
  return (
    isTiled(part(window, outHeight), part(window, outWidth)) &&
    isTiled(part(window, inHeight), part(window, inWidth))
  );
}

function isTiled(rows: i32, columns: i32): bool {
  return 20 * places * tilesOver(rows) * tilesOver(columns) <= 13 * 9 * rows * columns;
}

/** Floats of an image with the border that tiles reach over. */
export function tiledFloats(outRows: i32, outColumns: i32, depth: i32): i32 {
  return reachOf(tilesOver(outRows)) * reachOf(tilesOver(outColumns)) * depth;
}

/** Bytes of scratch for tiledProduct. */
export function winogradScratch(outRows: i32, outColumns: i32, depth: i32, filters: i32): i32 {
  const between = places * tilesAtATime(depth, filters) * (depth + filters);
  return (
    edgeBytes +
    places * packedSize(filters, depth) +
    4 * (between + tiledFloats(outRows, outColumns, depth))
  );
}

/**
 * y[batch, outRows, outColumns, filters] (+)= x[batch, rows, columns, depth], with so much of a border, * kernel.
 * @param kernel with its steps, as packKernel has them
 */
export function convolveTiles(
  x: usize,
  rows: i32,
  columns: i32,
  above: i32,
  before: i32,
  kernel: usize,
  stepPlace: isize,
  stepDepth: i32,
  stepFilter: i32,
  y: usize,
  outRows: i32,
  outColumns: i32,
  batch: i32,
  depth: i32,
  filters: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const matrix = packedSize(filters, depth);
  const kernels = scratch + edgeBytes;
  const most = tilesAtATime(depth, filters);
  const pixels = kernels + places * matrix;
  const products = pixels + floats(places * most * depth);
  const image = products + floats(places * most * filters);
  const tilesX = tilesOver(outColumns);
  const tiles = tilesOver(outRows) * tilesX;
  const toColumns = reachOf(tilesX);
  const line = floats(toColumns * depth);
  const outLine = floats(outColumns * filters);
  packKernel(kernel, stepPlace, stepDepth, stepFilter, depth, filters, kernels);
  for (let i = 0; i < batch; i++) {
    addBorder(x, rows, columns, depth, above, before, reachOf(tilesOver(outRows)), toColumns, image);
    for (let first = 0; first < tiles; first += most) {
      const some = min(most, tiles - first);
      takeTiles(image, line, depth, tilesX, first, some, pixels);
      for (let place = 0; place < places; place++)
        multiplyBlock(
          pixels + floats(place * some * depth),
          floats(depth),
          kernels + place * matrix,
          products + floats(place * some * filters),
          filters,
          some,
          filters,
          depth,
          false,
          scratch,
        );
      for (let t = 0; t < some; t++) {
        const tileY = (first + t) / tilesX;
        const row = 2 * tileY,
          column = 2 * (first + t - tileY * tilesX);
        giveTile(
          products + floats(t * filters),
          floats(some * filters),
          filters,
          y + <usize>row * outLine + floats(column * filters),
          outLine,
          outRows - row,
          outColumns - column,
          accumulate,
        );
      }
    }
    x += floats(rows * columns * depth);
    y += <usize>outRows * outLine;
  }
}

/** Bᵀ d B of tiles from the first on: [16, some, depth]. */
export function takeTiles(
  image: usize,
  line: usize,
  depth: i32,
  tilesX: i32,
  first: i32,
  some: i32,
  to: usize,
): void {
  for (let t = 0; t < some; t++) {
    const tileY = (first + t) / tilesX;
    const tileX = first + t - tileY * tilesX;
    const from = image + <usize>(2 * tileY) * line + floats(2 * tileX * depth);
    takeTile(from, line, depth, to + floats(t * depth), floats(some * depth));
  }
}

function takeTile(from: usize, line: usize, depth: i32, to: usize, step: usize): void {
  const next = floats(depth);
  for (let at: usize = 0; at < next; at += 16) {
    const d0 = from + at,
      d1 = d0 + line,
      d2 = d1 + line,
      d3 = d2 + line;
    takeRow(d0, d2, next, to + at, step, false);
    takeRow(d1, d2, next, to + at + 4 * step, step, true);
    takeRow(d2, d1, next, to + at + 8 * step, step, false);
    takeRow(d1, d3, next, to + at + 12 * step, step, false);
  }
}

/** A row of Bᵀ d, the sum of two of d's or their difference, times B. */
// @ts-ignore: decorator
@inline
function takeRow(
  first: usize,
  second: usize,
  next: usize,
  to: usize,
  step: usize,
  isSum: bool,
): void {
  const r0 = sumOrDifference(first, second, isSum),
    r1 = sumOrDifference(first + next, second + next, isSum),
    r2 = sumOrDifference(first + 2 * next, second + 2 * next, isSum),
    r3 = sumOrDifference(first + 3 * next, second + 3 * next, isSum);
  v128.store(to, f32x4.sub(r0, r2));
  v128.store(to + step, f32x4.add(r1, r2));
  v128.store(to + 2 * step, f32x4.sub(r2, r1));
  v128.store(to + 3 * step, f32x4.sub(r1, r3));
}

// @ts-ignore: decorator
@inline
function sumOrDifference(first: usize, second: usize, isSum: bool): v128 {
  const a = v128.load(first),
    b = v128.load(second);
  return isSum ? f32x4.add(a, b) : f32x4.sub(a, b);
}

/** Aᵀ m A of a tile, m being 16 places `step` bytes apart; outputs that there aren't are left out. */
function giveTile(
  m: usize,
  step: usize,
  filters: i32,
  y: usize,
  line: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  const next = floats(filters);
  for (let at: usize = 0; at < next; at += 16) {
    const from = m + at;
    const p0 = upper(from, step),
      p1 = upper(from + step, step),
      p2 = upper(from + 2 * step, step),
      p3 = upper(from + 3 * step, step);
    const to = y + at;
    storeOrAdd(to, f32x4.add(f32x4.add(p0, p1), p2), accumulate);
    if (columns > 1) storeOrAdd(to + next, f32x4.sub(f32x4.sub(p1, p2), p3), accumulate);
    if (rows == 1) continue;
    const q0 = lower(from, step),
      q1 = lower(from + step, step),
      q2 = lower(from + 2 * step, step),
      q3 = lower(from + 3 * step, step);
    storeOrAdd(to + line, f32x4.add(f32x4.add(q0, q1), q2), accumulate);
    if (columns > 1) storeOrAdd(to + line + next, f32x4.sub(f32x4.sub(q1, q2), q3), accumulate);
  }
}

/** A column of Aᵀ m: its upper number. */
// @ts-ignore: decorator
@inline
function upper(m: usize, step: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m + 4 * step)), v128.load(m + 8 * step));
}

// @ts-ignore: decorator
@inline
function lower(m: usize, step: usize): v128 {
  const inner = f32x4.sub(v128.load(m + 4 * step), v128.load(m + 8 * step));
  return f32x4.sub(inner, v128.load(m + 12 * step));
}
