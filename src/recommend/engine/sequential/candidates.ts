/** Items that stand for all in a softmax, where these are too many. */
import type { Random } from '../../../lib/random.ts';

export interface Candidates {
  /** Ascending, all targets among them. */
  items: Uint32Array;
  /** ln of how likely each was to be among them. */
  shifts: Float32Array;
}

/**
 * What comes next anywhere in the batch, filled up with items drawn alike. Popular items are among them more often
 * than others and would be learned to be disliked for it: taking the logarithm of an item's chance off its logit puts
 * that right (Bengio and Senécal 2008).
 * @param frequencies [items]: how often each is a target in all data
 */
export function drawCandidates(
  targets: readonly number[],
  most: number,
  frequencies: Float64Array,
  random: Random,
): Candidates {
  const items = new Set(targets);
  const drawn = Math.max(0, most - items.size);
  const all = frequencies.length;
  // Those drawn again are left out: the list may be a little shorter than asked for.
  for (let i = 0; i < drawn; i++) items.add(random.integer(all));
  const total = frequencies.reduce((sum, count) => sum + count, 0);
  const sorted = Uint32Array.from(items).sort();
  const shifts = Float32Array.from(sorted, (item) => {
    const isTarget = -Math.expm1(
      targets.length * Math.log1p(-share(frequencies[item] ?? 0, total)),
    );
    const isDrawn = -Math.expm1(drawn * Math.log1p(-1 / all));
    return Math.log(Math.max(1e-9, isTarget + (1 - isTarget) * isDrawn));
  });
  return { items: sorted, shifts };
}

/** Below 1, so that the logarithm of what is left is a number. */
const share = (count: number, total: number) => Math.min(1 - 1e-9, total > 0 ? count / total : 0);
