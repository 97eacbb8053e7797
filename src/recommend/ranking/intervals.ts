/** How sure a mean over people is, and whether one method is better than another for the same people. */
import { atOnce, type Parts } from '../../lib/parts.ts';
import { Random } from '../../lib/random.ts';

const resamples = 1000;
/** Fewer people say nothing about how a figure varies. */
const fewestPeople = 10;
/** From here the bootstrap's interval of a mean and the normal one are the same to two digits. */
const manyPeople = 10_000;

/**
 * The 95 % interval of the mean over people: percentile bootstrap (Efron 1979), of very many the normal one.
 * Who has no figure (NaN) is left out. Null where too few have one.
 */
export function meanInterval(values: Float32Array, seed: number): [number, number] | null {
  return atOnce(meanIntervalInParts(values, seed));
}

/** The same of thousands of people while others want to be heard. */
export function* meanIntervalInParts(
  values: Float32Array,
  seed: number,
): Parts<[number, number] | null> {
  const known = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  const n = known.length;
  if (n < fewestPeople) return null;
  if (n > manyPeople) {
    const mean = sum(known) / n;
    const deviation = Math.sqrt(sum(known.map((value) => (value - mean) ** 2)) / (n - 1));
    const margin = (1.959964 * deviation) / Math.sqrt(n);
    return [mean - margin, mean + margin];
  }
  const means = (yield* resampledMeans(known, seed)).sort();
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

export interface PairedDifference {
  /** Mean of a − b over the people who have both figures. */
  difference: number;
  /** 95 %; null where too few people have both. */
  interval: [number, number] | null;
  people: number;
}

/** The same people twice: what differs between them cancels out. @param a, b [ranked] in the same order of people */
export function pairedDifference(a: Float32Array, b: Float32Array, seed: number): PairedDifference {
  const differences = a.map((value, i) => value - (b[i] ?? Number.NaN));
  const known = differences.filter((value) => !Number.isNaN(value));
  return {
    difference: sum(known) / known.length,
    interval: meanInterval(differences, seed),
    people: known.length,
  };
}

function* resampledMeans(values: Float64Array, seed: number): Parts<Float64Array> {
  const random = new Random(seed, 'ranking-bootstrap');
  const n = values.length;
  const means = new Float64Array(resamples);
  for (let k = 0; k < resamples; k++) {
    let total = 0;
    for (let i = 0; i < n; i++) total += values[random.integer(n)] ?? 0;
    means[k] = total / n;
    yield k / resamples;
  }
  return means;
}

function sum(values: Float64Array | Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Linear between neighbours (Hyndman & Fan's type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
