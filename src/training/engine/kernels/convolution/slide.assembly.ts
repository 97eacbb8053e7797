/** A window that slides over an image, as a product whose rows are read where they lie. AssemblyScript. */
import { gemmGathered } from '../gemm/assembly';
import { floats } from '../lanes/assembly';

/** Outputs that are computed at a time, so that what they read stays in the first cache. */
export const blockOutputs: i32 = 96;

// @ts-ignore: decorator
@inline
export function rounded(count: i32): i32 {
  return (count + 3) & ~3;
}

/** Of the list of where rows begin: as many as outputs at a time, or as a window has values. */
// @ts-ignore: decorator
@inline
export function startsBytes(size: i32): usize {
  return floats(rounded(max(blockOutputs, size) + 8));
}

/**
 * y[outRows, outColumns, filters] (+)= windows of one image, whose rows are `line` bytes apart, · packed kernel.
 * @param run floats of a window's row
 */
export function slide(
  image: usize,
  line: usize,
  depth: i32,
  run: i32,
  windowRows: i32,
  downwards: i32,
  along: i32,
  packed: usize,
  y: usize,
  outRows: i32,
  outColumns: i32,
  filters: i32,
  accumulate: bool,
  starts: usize,
  edge: usize,
): void {
  const step = floats(along * depth);
  const jump = line - floats(run);
  let outX = 0;
  let rowStart = image;
  let start = image;
  let left = outRows * outColumns;
  while (left > 0) {
    const count = min(blockOutputs, left);
    for (let i = 0; i < count; i++) {
      store<u32>(starts + floats(i), <u32>start);
      start += step;
      if (++outX == outColumns) {
        outX = 0;
        rowStart += <usize>downwards * line;
        start = rowStart;
      }
    }
    gemmGathered(
      starts,
      4,
      run,
      windowRows,
      jump,
      packed,
      y,
      filters,
      count,
      filters,
      accumulate,
      edge,
    );
    y += floats(count * filters);
    left -= count;
  }
}
