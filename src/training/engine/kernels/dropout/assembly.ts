/** Dropout's masks from a counter: Threefry-2x32, 20 rounds, eight words at a time. AssemblyScript. See models/dropout-mask.ts. */

/**
 * y = x · mask; the mask is kept for the way back. `count` may be any; x, y and mask have room for eight more.
 * @param first counter of the first pair; @param least words below it are dropped; @param kept what the others are multiplied by
 */
export function dropout(
  x: usize,
  y: usize,
  mask: usize,
  count: i32,
  key: i32,
  place: i32,
  first: i32,
  least: i32,
  kept: f32,
): void {
  const keeps = f32x4.splat(kept);
  const limit = i32x4.splat(least);
  const third = key ^ place ^ 0x1bd11bda;
  for (let i = 0; i < count; i += 8) {
    const pair = first + (i >> 1);
    let x0 = i32x4.add(i32x4(pair, pair + 1, pair + 2, pair + 3), i32x4.splat(key));
    let x1 = i32x4.splat(place);
    x1 = mixA(x0, x1);
    x0 = i32x4.add(mixed0, i32x4.splat(place));
    x1 = i32x4.add(x1, i32x4.splat(third + 1));
    x1 = mixB(x0, x1);
    x0 = i32x4.add(mixed0, i32x4.splat(third));
    x1 = i32x4.add(x1, i32x4.splat(key + 2));
    x1 = mixA(x0, x1);
    x0 = i32x4.add(mixed0, i32x4.splat(key));
    x1 = i32x4.add(x1, i32x4.splat(place + 3));
    x1 = mixB(x0, x1);
    x0 = i32x4.add(mixed0, i32x4.splat(place));
    x1 = i32x4.add(x1, i32x4.splat(third + 4));
    x1 = mixA(x0, x1);
    x0 = i32x4.add(mixed0, i32x4.splat(third));
    x1 = i32x4.add(x1, i32x4.splat(key + 5));
    const m0 = v128.and(i32x4.ge_u(x0, limit), keeps);
    const m1 = v128.and(i32x4.ge_u(x1, limit), keeps);
    const at = (<usize>i) << 2;
    const first = v128.shuffle<f32>(m0, m1, 0, 4, 1, 5);
    const second = v128.shuffle<f32>(m0, m1, 2, 6, 3, 7);
    v128.store(mask + at, first);
    v128.store(mask + at, second, 16);
    v128.store(y + at, f32x4.mul(v128.load(x + at), first));
    v128.store(y + at, f32x4.mul(v128.load(x + at, 16), second), 16);
  }
}

/** The other half of what mixA and mixB give. */
let mixed0: v128 = i32x4.splat(0);

// @ts-ignore: decorator
@inline
function turned(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

// @ts-ignore: decorator
@inline
function mixA(x0: v128, x1: v128): v128 {
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 13), x0);
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 15), x0);
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 26), x0);
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 6), x0);
  mixed0 = x0;
  return x1;
}

// @ts-ignore: decorator
@inline
function mixB(x0: v128, x1: v128): v128 {
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 17), x0);
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 29), x0);
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 16), x0);
  x0 = i32x4.add(x0, x1);
  x1 = v128.xor(turned(x1, 24), x0);
  mixed0 = x0;
  return x1;
}
