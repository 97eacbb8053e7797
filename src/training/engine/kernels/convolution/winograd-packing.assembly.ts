/** A kernel of windows of three by three, g, as products of tiles read it: G g Gᵀ (winograd.assembly.ts). AssemblyScript. */
import { packedSize, tileColumns } from '../gemm/packing.assembly';
import { floats } from '../lanes/assembly';

/**
 * 16 packed matrices [depth, filters].
 * @param kernel its first window's first place; `stepPlace` bytes from a place to the next, `stepDepth` and
 * `stepFilter` floats from a channel and from a filter to the next
 */
export function packKernel(
  kernel: usize,
  stepPlace: isize,
  stepDepth: i32,
  stepFilter: i32,
  depth: i32,
  filters: i32,
  to: usize,
): void {
  const matrix = packedSize(filters, depth);
  for (let filter = 0; filter < filters; filter += 4) {
    const panel = filter / tileColumns;
    const column = filter - panel * tileColumns;
    let target = to + floats(panel * tileColumns * depth + column);
    for (let c = 0; c < depth; c++) {
      const from = kernel + floats(c * stepDepth + filter * stepFilter);
      for (let i = 0; i < 3; i++) {
        const at = from + <usize>(<isize>i * stepPlace);
        const g0 = fourOf(at, stepFilter),
          g1 = fourOf(at + <usize>(3 * stepPlace), stepFilter),
          g2 = fourOf(at + <usize>(6 * stepPlace), stepFilter);
        spread(g0, g1, g2, target + i * matrix, 4 * matrix);
      }
      for (let row: i32 = 0; row < 4; row++) {
        const at = target + 4 * row * matrix;
        spread(v128.load(at), v128.load(at + matrix), v128.load(at + 2 * matrix), at, matrix);
      }
      target += floats(tileColumns);
    }
  }
}

/** Three numbers times Gᵀ: four, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function spread(g0: v128, g1: v128, g2: v128, to: usize, step: i32): void {
  const half = f32x4.splat(0.5);
  const outer = f32x4.mul(f32x4.add(g0, g2), half);
  const inner = f32x4.mul(g1, half);
  v128.store(to, g0);
  v128.store(to + step, f32x4.add(outer, inner));
  v128.store(to + 2 * step, f32x4.sub(outer, inner));
  v128.store(to + 3 * step, g2);
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
