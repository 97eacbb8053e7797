/**
 * Convolutions by windows of three by three without strides: four by four outputs at a time, a tile, by 36
 * multiplications where there are 144, or two by two by 16 where there are 36 (Winograd's F(4 × 4, 3 × 3) and
 * F(2 × 2, 3 × 3), as Lavin and Gray 2016 have them): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A for a window g and the pixels d that
 * a tile reaches over. Over channels ⊙ is a product of matrices at each of a tile's places. AssemblyScript.
 */
import { multiplyBlock } from '../gemm/assembly';
import { packedSize } from '../gemm/packing.assembly';
import { edgeBytes } from '../gemm/tile.assembly';
import { floats } from '../lanes/assembly';
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
import { giveTile, takeTile, tileRoom } from './winograd-tiles.assembly';

/** Floats of pixels and of outputs at all places that stay in the second cache. */
const floatsAtATime: i32 = 131072;
/** Outputs of images taken together, times their channels and filters; as parts/cut-table.ts has it. */
const mostTogether: i32 = 20000;

/** How many images are taken together: of small ones a power of two. */
export function imagesTogether(outputs: i32, depth: i32, filters: i32): i32 {
  let images = 8;
  while (images > 1 && images * outputs * (depth + filters) > mostTogether) images >>= 1;
  return images;
}

/** Tiles along or down. */
// @ts-ignore: decorator
@inline
export function tilesOver(side: i32, outputs: i32): i32 {
  return (outputs + side - 1) / side;
}

/** Pixels that the tiles reach over. */
// @ts-ignore: decorator
@inline
export function reachOf(side: i32, outputs: i32): i32 {
  return side * tilesOver(side, outputs) + 2;
}

// @ts-ignore: decorator
@inline
export function placesOf(side: i32): i32 {
  return (side + 2) * (side + 2);
}

/**
 * Bytes from a place to the next of so many floats: an odd number of cache lines, as places a power of two apart would
 * push one another out of the first cache.
 */
export function placeBytes(count: i32): i32 {
  return ((4 * count + 127) & ~127) | 64;
}

/** Multiplications of each channel by each filter. */
function multiplications(side: i32, rows: i32, columns: i32): i32 {
  return placesOf(side) * tilesOver(side, rows) * tilesOver(side, columns);
}

/** Which tiles take fewer multiplications; the transforms of small ones are less work. */
export function sideOf(outRows: i32, outColumns: i32): i32 {
  const large = multiplications(4, outRows, outColumns);
  return 10 * large < 9 * multiplications(2, outRows, outColumns) ? 4 : 2;
}

/** How many are taken together: those of some images, or a part of those of one. */
export function tilesAtATime(outRows: i32, outColumns: i32, depth: i32, filters: i32): i32 {
  const side = sideOf(outRows, outColumns);
  const tiles = tilesOver(side, outRows) * tilesOver(side, outColumns);
  const images = imagesTogether(outRows * outColumns, depth, filters);
  if (images > 1) return images * tiles;
  return min(tiles, max(8, min(64, floatsAtATime / placesOf(side) / (depth + filters)) & ~3));
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
  return 20 * multiplications(sideOf(rows, columns), rows, columns) <= 13 * 9 * rows * columns;
}

/** Floats of an image with the border that tiles reach over. */
export function tiledFloats(outRows: i32, outColumns: i32, depth: i32): i32 {
  const side = sideOf(outRows, outColumns);
  return reachOf(side, outRows) * reachOf(side, outColumns) * depth;
}

/** Bytes of scratch for convolveTiles. */
export function winogradScratch(outRows: i32, outColumns: i32, depth: i32, filters: i32): i32 {
  const most = tilesAtATime(outRows, outColumns, depth, filters);
  const perPlace =
    packedSize(filters, depth) + placeBytes(most * depth) + placeBytes(most * filters);
  return (
    edgeBytes +
    tileRoom +
    placesOf(sideOf(outRows, outColumns)) * perPlace +
    4 * tiledFloats(outRows, outColumns, depth)
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
  const side = sideOf(outRows, outColumns);
  const places = placesOf(side);
  const matrix = packedSize(filters, depth);
  const most = tilesAtATime(outRows, outColumns, depth, filters);
  const images = imagesTogether(outRows * outColumns, depth, filters);
  const room = scratch + edgeBytes;
  const kernels = room + tileRoom;
  const pixels = kernels + places * matrix;
  const products = pixels + places * placeBytes(most * depth);
  const image = products + places * placeBytes(most * filters);
  const tilesX = tilesOver(side, outColumns);
  const tiles = tilesOver(side, outRows) * tilesX;
  const toRows = reachOf(side, outRows),
    toColumns = reachOf(side, outColumns);
  const line = floats(toColumns * depth),
    outLine = floats(outColumns * filters);
  packKernel(side, kernel, stepPlace, stepDepth, stepFilter, depth, filters, kernels, room);
  for (let i = 0; i < batch; i += images) {
    const all = min(images, batch - i) * tiles;
    for (let first = 0; first < all; first += most) {
      const some = min(most, all - first);
      const stepPixels = placeBytes(some * depth),
        stepProducts = placeBytes(some * filters);
      for (let t = 0; t < some; t++) {
        const tile = (first + t) % tiles;
        if (tile == 0) {
          addBorder(x, rows, columns, depth, above, before, toRows, toColumns, image);
          x += floats(rows * columns * depth);
        }
        const tileY = tile / tilesX;
        const corner = floats(side * (tile - tileY * tilesX) * depth);
        takeTile(
          side,
          image + <usize>(side * tileY) * line + corner,
          line,
          depth,
          pixels + floats(t * depth),
          16,
          stepPixels,
          room,
        );
      }
      for (let place = 0; place < places; place++)
        multiplyBlock(
          pixels + place * stepPixels,
          floats(depth),
          kernels + place * matrix,
          products + place * stepProducts,
          filters,
          some,
          filters,
          depth,
          0,
          0,
          scratch,
        );
      for (let t = 0; t < some; t++) {
        const tile = (first + t) % tiles;
        const tileY = tile / tilesX;
        const row = side * tileY,
          column = side * (tile - tileY * tilesX);
        giveTile(
          side,
          products + floats(t * filters),
          stepProducts,
          filters,
          y + <usize>row * outLine + floats(column * filters),
          outLine,
          outRows - row,
          outColumns - column,
          accumulate,
          room,
        );
        if (tile == tiles - 1) y += <usize>outRows * outLine;
      }
    }
  }
}
