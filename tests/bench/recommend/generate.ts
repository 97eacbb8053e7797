/** Ratings as people leave them: a few items have most, a few people give most, and nobody rates a thing twice. */
import { Random } from '../../../src/lib/random.ts';
import type { Events } from '../../../src/recommend/build-interactions.ts';

/** @returns about `count` events, by user; ratings 1 to 5 */
export function generateRatings(users: number, items: number, count: number): Events {
  const random = new Random(2024, 'bench-ratings');
  const cumulative = new Float64Array(items);
  // Zipf and Mandelbrot: popularity by (rank + 20)^−0.9, so that the first item isn't everybody's.
  for (let item = 0; item < items; item++)
    cumulative[item] = (cumulative[item - 1] ?? 0) + (item + 20) ** -0.9;
  const total = cumulative[items - 1] ?? 1;
  const activity = Float64Array.from({ length: users }, () => Math.exp(0.9 * random.normal()));
  const scale = count / activity.reduce((a, b) => a + b, 0);
  const chosen: number[][] = [];
  let events = 0;
  for (let user = 0; user < users; user++) {
    const wanted = Math.min(
      Math.max(5, Math.round((activity[user] ?? 1) * scale)),
      Math.floor(items / 3),
    );
    const own = new Set<number>();
    while (own.size < wanted) own.add(search(cumulative, random.uniform() * total));
    chosen.push([...own]);
    events += wanted;
  }
  const out = {
    users: new Uint32Array(events),
    items: new Uint32Array(events),
    values: Float32Array.from({ length: events }, () => 1 + random.integer(5)),
    times: null,
  };
  let at = 0;
  chosen.forEach((own, user) => {
    out.users.fill(user, at, at + own.length);
    out.items.set(own, at);
    at += own.length;
  });
  return out;
}

/** Twenty words an item of 5,000, by Zipf's law. */
export function generateTexts(items: number): string[] {
  const random = new Random(2025, 'bench-texts');
  const cumulative = new Float64Array(5000);
  for (let word = 0; word < cumulative.length; word++)
    cumulative[word] = (cumulative[word - 1] ?? 0) + 1 / (word + 5);
  const total = cumulative.at(-1) ?? 1;
  return Array.from({ length: items }, () =>
    Array.from({ length: 20 }, () => `w${search(cumulative, random.uniform() * total)}`).join(' '),
  );
}

function search(cumulative: Float64Array, value: number): number {
  let from = 0;
  let to = cumulative.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((cumulative[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
