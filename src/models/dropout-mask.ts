/**
 * Which numbers a dropout layer keeps: from a counter and not from a state, so that any part of a mask can be
 * drawn anywhere, in any order, on any device. Threefry-2x32 with 20 rounds (Salmon et al. 2011).
 */

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Two random words from a key and a counter of two words each. */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const keys = [key0 | 0, key1 | 0, key0 ^ key1 ^ 0x1bd11bda] as const;
  let x0 = (counter0 + keys[0]) | 0;
  let x1 = (counter1 + keys[1]) | 0;
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[(group % 2) as 0 | 1]) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }
    x0 = (x0 + (keys[((group + 1) % 3) as 0 | 1 | 2] | 0)) | 0;
    x1 = (x1 + (keys[((group + 2) % 3) as 0 | 1 | 2] | 0) + group + 1) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

/**
 * 0 with probability `rate`, else 1 / (1 − rate); a pair of numbers per counter.
 * @param key of this step; @param place of the layer in the network
 * @param from the first number's place in the whole mask, of which this is a part
 */
export function dropoutMask(
  key: number,
  place: number,
  rate: number,
  count: number,
  from = 0,
): Float32Array {
  const mask = new Float32Array(count);
  const least = leastKept(rate);
  const kept = Math.fround(1 / (1 - rate));
  for (let pair = Math.floor(from / 2); 2 * pair < from + count; pair++) {
    const [first, second] = threefry(key, place, pair, 0);
    const at = 2 * pair - from;
    if (at >= 0) mask[at] = first >= least ? kept : 0;
    if (at + 1 < count) mask[at + 1] = second >= least ? kept : 0;
  }
  return mask;
}

/** Words below it are dropped. */
export function leastKept(rate: number): number {
  return Math.round(rate * 2 ** 32);
}
