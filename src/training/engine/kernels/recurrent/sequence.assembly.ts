/**
 * What LSTM and GRU share, each for whole sequences. AssemblyScript. Sequences are [steps, rows, …] here: a step's
 * rows lie together. Gates side by side as models/layer-parameters.ts has them. `states` are
 * [steps + 1, rows, units]; backward in time the last one is where it starts. A mask is [rows, steps]; at padding a
 * state stays what it was.
 */
import { wholeScratch } from '../gemm/scratch.assembly';
import { floats } from '../lanes/assembly';

/** Bytes of scratch for a pass either way. */
export function recurrentScratch(rows: i32, units: i32, gates: i32): i32 {
  const wide = units * gates;
  return max(wholeScratch(rows, wide, units), wholeScratch(rows, units, wide));
}

// @ts-ignore: decorator
@inline
export function isStep(mask: usize, row: i32, steps: i32, step: i32): bool {
  return mask == 0 || load<f32>(mask + floats(row * steps + step)) != 0;
}
