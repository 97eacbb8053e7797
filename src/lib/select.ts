/** The value at a place of the sorted order of many, without sorting them. */
import { inRanges, type Parts } from './parts.ts';

const bins = 4096;
/** So many are sorted. */
const fewEnough = 32_768;

/**
 * What `values` without the NaNs, sorted ascending, have at `place`; ∞ past their end. By histograms between bounds that
 * close in on it.
 * @param values they stay as they are
 */
export function* selectInParts(values: Float64Array, place: number): Parts<number> {
  let [low, high, count] = yield* boundsOf(values);
  if (!(place >= 0 && place < count)) return Infinity;
  let within = place;
  while (low < high && count > fewEnough && Number.isFinite(high - low)) {
    const [from, to] = [low, high];
    // Monotone in the value, so that bins don't overlap, and the least and the greatest are never in one.
    const binOf = (value: number) =>
      Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins));
    const least = new Float64Array(bins).fill(Infinity);
    const most = new Float64Array(bins).fill(-Infinity);
    const counts = new Uint32Array(bins);
    yield* inRanges(values.length, (start, end) => {
      for (let at = start; at < end; at++) {
        const value = values[at] ?? Number.NaN;
        if (!(value >= from && value <= to)) continue;
        const bin = binOf(value);
        counts[bin] = (counts[bin] ?? 0) + 1;
        if (value < (least[bin] ?? 0)) least[bin] = value;
        if (value > (most[bin] ?? 0)) most[bin] = value;
      }
    });
    let bin = 0;
    while (within >= (counts[bin] ?? Infinity)) within -= counts[bin++] ?? 0;
    [low, high, count] = [least[bin] ?? 0, most[bin] ?? 0, counts[bin] ?? 0];
  }
  if (low === high) return low;
  const few = new Float64Array(count);
  let found = 0;
  yield* inRanges(values.length, (start, end) => {
    for (let at = start; at < end; at++) {
      const value = values[at] ?? Number.NaN;
      if (value >= low && value <= high) few[found++] = value;
    }
  });
  return few.sort()[within] ?? Infinity;
}

function* boundsOf(values: Float64Array): Parts<[low: number, high: number, count: number]> {
  let [low, high, count] = [Infinity, -Infinity, 0];
  yield* inRanges(values.length, (start, end) => {
    for (let at = start; at < end; at++) {
      const value = values[at] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      count++;
    }
  });
  return [low, high, count];
}
