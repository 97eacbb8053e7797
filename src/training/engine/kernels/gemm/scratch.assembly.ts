/** What products need beside their matrices (assembly.ts). AssemblyScript. */
import { blockDepth, packedSize, tileRows } from './packing.assembly';
import { edgeBytes } from './tile.assembly';

/** Rows of A that are taken at a time: they stay in the second cache. */
export const blockRows: i32 = 96;

/** Bytes of scratch for a product with a B that is packed already. */
export function packedScratch(m: i32, k: i32): i32 {
  return (min(m, blockRows) + tileRows) * min(k, blockDepth) * 4 + edgeBytes;
}

/** Bytes of scratch for a product of these sizes. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  return packedSize(n, min(k, blockDepth)) + packedScratch(m, k);
}

/** The same where all of B is packed, as for more products than one. */
export function wholeScratch(m: i32, n: i32, k: i32): i32 {
  return packedSize(n, k) + packedScratch(m, k);
}
