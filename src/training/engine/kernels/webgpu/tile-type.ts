/**
 * What matrix products hold the tiles of their sides as. Half precision takes half the workgroup memory and half of
 * what is read from it; products and their sums stay single (mixed precision, Micikevicius et al. 2018), and so does
 * whatever lies in the heap.
 */
export type TileType = 'f32' | 'f16';

/** The largest finite number of half precision. */
const largestHalf = '65504.0';

/**
 * `tile`, the type, and `fn tiled(x: f32) -> tile`: the nearest there is. Of half precision: beyond its range the
 * largest, and for what is no number none either, told by its bits, since shaders may be compiled as if there were no
 * such thing.
 */
export function tileHead(tile: TileType): string {
  return `alias tile = ${tile};\n${tile === 'f16' ? toHalf : toSame}`;
}

const toSame = 'fn tiled(x: f32) -> tile { return x; }\n';

const toHalf = `fn tiled(x: f32) -> tile {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return bitcast<vec2<f16>>(bits | 0x7e007e00u).x; }
  return tile(clamp(x, -${largestHalf}, ${largestHalf}));
}
`;
