/** A kernel of windows of three by three, g, as products of tiles read it: G g Gᵀ (winograd.assembly.ts). AssemblyScript. */
import { packedSize, tileColumns } from '../gemm/packing.assembly';
import { floats } from '../lanes/assembly';
import { windows } from './winograd-transforms.assembly';

/**
 * (side + 2)² packed matrices [depth, filters].
 * @param kernel its first window's first place; `stepPlace` bytes from a place to the next, `stepDepth` and
 * `stepFilter` floats from a channel and from a filter to the next
 * @param room tileRoom bytes
 */
export function packKernel(
  side: i32,
  kernel: usize,
  stepPlace: isize,
  stepDepth: i32,
  stepFilter: i32,
  depth: i32,
  filters: i32,
  to: usize,
  room: usize,
): void {
  const span = side + 2;
  const matrix = packedSize(filters, depth);
  const window = room + floats(4 * 3 * span);
  for (let filter = 0; filter < filters; filter += 4) {
    const panel = filter / tileColumns;
    const column = filter - panel * tileColumns;
    let target = to + floats(panel * tileColumns * depth + column);
    for (let c = 0; c < depth; c++) {
      const from = kernel + floats(c * stepDepth + filter * stepFilter);
      for (let place = 0; place < 9; place++)
        v128.store(
          window + <usize>(place << 4),
          fourOf(from + <usize>(<isize>place * stepPlace), stepFilter),
        );
      for (let x = 0; x < 3; x++)
        windows(side, window + <usize>(x << 4), 48, room + <usize>(x << 4), 48);
      for (let y = 0; y < span; y++)
        windows(side, room + <usize>(48 * y), 16, target + y * span * matrix, matrix);
      target += floats(tileColumns);
    }
  }
}

/** Four numbers, so many floats apart. */
// @ts-ignore: decorator
@inline
function fourOf(from: usize, step: i32): v128 {
  if (step == 1) return v128.load(from);
  const bytes = floats(step);
  let four = v128.load32_zero(from);
  four = v128.load_lane<f32>(from + bytes, four, 1);
  four = v128.load_lane<f32>(from + 2 * bytes, four, 2);
  return v128.load_lane<f32>(from + 3 * bytes, four, 3);
}
