/**
 * The gradient of a dense layer's kernel: by tiles, or where enough of the inputs are 0 (pixels of a blank background,
 * columns of categories, words of a bag, what a rectifier passes on) or of the slopes (half of them after a rectifier),
 * by lists of the others. AssemblyScript.
 */
import { gemm, gemmTiled } from '../gemm/assembly';
import { gemmScratch } from '../gemm/scratch.assembly';
import { floats } from '../lanes/assembly';
import {
  block,
  byInputs,
  bySlopes,
  byTiles,
  gradientByLists,
  listsScratch,
  runEnd,
} from './listed-gradient.assembly';
import { couldList, isWorthListing, shareOfOthers } from './sparse.assembly';

/** Of fewer rows lists of slopes take too long. */
const leastRowsOfSlopes: i32 = 16;
/** Of slopes that aren't 0, to list them. */
const mostSlopes: f32 = 0.7;

/** Bytes of the ways to all blocks of inputs. */
// @ts-ignore: decorator
@inline
function waysBytes(width: i32): i32 {
  return (width / block + 16) & ~15;
}

/** Bytes of scratch for the gradient of a kernel of these sizes. */
export function denseGradientScratch(rows: i32, units: i32, width: i32): i32 {
  return waysBytes(width) + max(gemmScratch(width, units, rows), listsScratch(rows, units, width));
}

/**
 * kernelGradient[inputs, units] = xᵀ[inputs, rows] · slope[rows, units], of some inputs of all `width`, from a multiple
 * of 32 on; the result for each doesn't depend on which others are asked for. What is infinite or no number where the
 * other factor is 0 may be left out.
 * @param scratch as large as denseGradientScratch
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
  const ways = scratch;
  const rest = scratch + waysBytes(width);
  let hasLists = false;
  const slopes = rows >= leastRowsOfSlopes ? shareOfOthers(slope, rows, units, units) : 1;
  const isListable = couldList(rows, units);
  for (let from = 0; from < inputs; from += block) {
    const some = min(block, inputs - from);
    let way = slopes <= mostSlopes && some == block ? bySlopes : byTiles;
    if (isListable) {
      const share = shareOfOthers(x + floats(from), rows, some, width);
      if (isWorthListing(share, units) && (way == byTiles || share <= slopes)) way = byInputs;
    }
    if (way != byTiles) hasLists = true;
    store<u8>(ways + from / block, way);
  }
  for (let from = 0; from < inputs;) {
    const to = runEnd(ways, from, inputs);
    if (load<u8>(ways + from / block) == byTiles)
      gemmTiled(
        x + floats(from),
        1,
        width,
        slope,
        units,
        1,
        kernelGradient + floats(from * units),
        units,
        to - from,
        units,
        rows,
        false,
        rest,
      );
    from = to;
  }
  if (hasLists) gradientByLists(x, slope, kernelGradient, rows, units, width, inputs, ways, rest);
}
