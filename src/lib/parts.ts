/**
 * Long work written as generators: it hands over after every part, a millisecond or a few, so that whoever drives it
 * can take a break there, or stop it. What is handed over is the share of the work that is done.
 */
export type Parts<T> = Generator<number, T, undefined>;

/** Without a break. */
export function atOnce<T>(work: Generator<unknown, T, undefined>): T {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
  }
}

/** Work that is a stretch of some other: its shares lie between these two. */
export function* stretch<T>(work: Parts<T>, from: number, to: number): Parts<T> {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
    yield from + (to - from) * part.value;
  }
}

/** Numbers handled between two breaks: random reads and writes of so many take some ms. */
const usualRange = 16_384;

/** [0, count) in ranges, one after another. */
export function* inRanges(
  count: number,
  handle: (from: number, to: number) => void,
  size = usualRange,
): Parts<void> {
  for (let from = 0; from < count; from += size) {
    const to = Math.min(from + size, count);
    handle(from, to);
    yield to / count;
  }
}

/**
 * Ranges of rows of which some are far longer than others: each has about as many entries.
 * @param starts [rows + 1] where the entries of a row begin
 */
export function* inRowRanges(
  starts: Uint32Array,
  handle: (from: number, to: number) => void,
  entries = usualRange,
): Parts<void> {
  const rows = starts.length - 1;
  let to = 0;
  while (to < rows) {
    const from = to++;
    const end = (starts[from] ?? 0) + entries;
    const last = Math.min(from + entries, rows);
    while (to < last && (starts[to + 1] ?? 0) <= end) to++;
    handle(from, to);
    yield to / rows;
  }
}

/** Of runs that are sorted one by one. */
const sortedAtOnce = 4096;

/** Sorts in place, as `Array.prototype.sort` does: what is equal stays in order. Merge sort. */
export function* sortInParts(
  values: Uint32Array,
  compare: (a: number, b: number) => number,
): Parts<void> {
  const count = values.length;
  for (let from = 0; from < count; from += sortedAtOnce) {
    // Of typed arrays with a comparison the engine's own sort is stable too (ECMAScript 2019).
    values.subarray(from, from + sortedAtOnce).sort(compare);
    yield 0;
  }
  const other = new Uint32Array(count > sortedAtOnce ? count : 0);
  for (let run = sortedAtOnce; run < count; run *= 2) {
    for (let from = 0; from < count; from += 2 * run)
      yield* merge(values, other, { from, middle: Math.min(from + run, count), run }, compare);
    values.set(other);
    yield 0;
  }
}

function* merge(
  values: Uint32Array,
  other: Uint32Array,
  { from, middle, run }: { from: number; middle: number; run: number },
  compare: (a: number, b: number) => number,
): Parts<void> {
  const end = Math.min(middle + run, values.length);
  let [a, b] = [from, middle];
  for (let at = from; at < end; at++) {
    const isFirst = a < middle && (b >= end || compare(values[a] ?? 0, values[b] ?? 0) <= 0);
    other[at] = (isFirst ? values[a++] : values[b++]) ?? 0;
    if (at % sortedAtOnce === 0) yield 0;
  }
}
