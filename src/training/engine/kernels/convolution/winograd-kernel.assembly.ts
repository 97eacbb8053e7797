/**
 * The gradient of a kernel of three by three without strides, the way back through winograd.assembly.ts:
 * ∂g = Gᵀ[Σ (Bᵀ d B)ᵀ (A ∂y Aᵀ)]G, the sum over all tiles, a product of matrices at each of a tile's places: tiles are
 * laid out as the product reads them. AssemblyScript.
 */
import { multiplyPanels } from '../gemm/assembly';
import { packedColumns, tileColumns, tileRows } from '../gemm/packing.assembly';
import { edgeBytes } from '../gemm/tile.assembly';
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
import { takeSlopes, takeTile, tileRoom } from './winograd-tiles.assembly';
import { sums } from './winograd-transforms.assembly';
import {
  imagesTogether,
  placeBytes,
  placesOf,
  reachOf,
  sideOf,
  tiledFloats,
  tilesAtATime,
  tilesOver,
} from './winograd.assembly';

/** Bytes of scratch; the first of them keep the sum between calls. */
export function kernelGradientScratch(window: usize, filters: i32): i32 {
  const depth = part(window, channels);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  const most = tilesAtATime(outRows, outColumns, depth, filters);
  const perPlace =
    4 * depth * filters + placeBytes(most * depth) + placeBytes(most * packedColumns(filters));
  return (
    placesOf(sideOf(outRows, outColumns)) * perPlace +
    4 * tiledFloats(outRows, outColumns, depth) +
    edgeBytes +
    tileRoom
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
  const places = placesOf(sideOf(part(window, outHeight), part(window, outWidth)));
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
  const side = sideOf(outRows, outColumns);
  const places = placesOf(side);
  const tilesX = tilesOver(side, outColumns);
  const tiles = tilesOver(side, outRows) * tilesX;
  const toRows = reachOf(side, outRows),
    toColumns = reachOf(side, outColumns);
  const line = floats(toColumns * depth),
    outLine = floats(outColumns * filters);
  const matrix = floats(depth * filters);
  const most = tilesAtATime(outRows, outColumns, depth, filters);
  const images = imagesTogether(outRows * outColumns, depth, filters);
  const wide = packedColumns(filters);
  const pixels = scratch + <usize>places * matrix;
  const slopes = pixels + places * placeBytes(most * depth);
  const image = slopes + places * placeBytes(most * wide);
  const edge = image + floats(toRows * toColumns * depth);
  const room = edge + edgeBytes;
  for (let i = 0; i < batch; i += images) {
    const all = min(images, batch - i) * tiles;
    for (let first = 0; first < all; first += most) {
      const some = min(most, all - first);
      const stepPixels = placeBytes(some * depth),
        stepSlopes = placeBytes(some * wide);
      for (let t = 0; t < some; t++) {
        const tile = (first + t) % tiles;
        if (tile == 0) {
          const above = part(window, top),
            before = part(window, left);
          addBorder(x, rows, columns, depth, above, before, toRows, toColumns, image);
          x += floats(rows * columns * depth);
        }
        const tileY = tile / tilesX;
        const row = side * tileY,
          column = side * (tile - tileY * tilesX);
        takeTile(
          side,
          image + <usize>row * line + floats(column * depth),
          line,
          depth,
          pixels + floats(t * tileRows),
          floats(some * tileRows),
          stepPixels,
          room,
        );
        takeSlopes(
          side,
          gradient + <usize>row * outLine + floats(column * filters),
          outLine,
          outRows - row,
          outColumns - column,
          filters,
          slopes + floats(t * tileColumns),
          floats(some * tileColumns),
          stepSlopes,
          room,
        );
        if (tile == tiles - 1) gradient += <usize>outRows * outLine;
      }
      for (let place = 0; place < places; place++) {
        const sum = scratch + <usize>place * matrix;
        multiplyPanels(
          pixels + place * stepPixels,
          slopes + place * stepSlopes,
          sum,
          filters,
          depth,
          filters,
          some,
          sum,
          filters,
          edge,
        );
      }
    }
  }
  if (side == 4) gather(4, scratch, matrix, kernelGradient, room);
  else gather(2, scratch, matrix, kernelGradient, room);
}

/** Gᵀ u G of the matrices at all places: the kernel's nine. */
// @ts-ignore: decorator
@inline
function gather(side: i32, u: usize, matrix: usize, kernelGradient: usize, room: usize): void {
  const span = side + 2;
  for (let at: usize = 0; at < matrix; at += 16) {
    for (let x = 0; x < span; x++)
      sums(
        side,
        u + at + <usize>x * matrix,
        <usize>span * matrix,
        room + <usize>(x << 4),
        <usize>(span << 4),
      );
    for (let y = 0; y < 3; y++)
      sums(
        side,
        room + <usize>(y * span << 4),
        16,
        kernelGradient + at + <usize>(3 * y) * matrix,
        matrix,
      );
  }
}
