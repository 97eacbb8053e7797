/**
 * Cells and rows as keys of 53 bits, and how often each key occurs. Among a million different keys, two are
 * taken for one by chance in one table of 18,000; no other property of the hash is used.
 */
import type { ColumnVector } from './schema.ts';

/** A hash a row, into which column after column is mixed. */
export class RowHashes {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  constructor(rows: number) {
    this.#high = new Uint32Array(rows).fill(0x811c9dc5);
    this.#low = new Uint32Array(rows).fill(0x9e3779b9);
  }

  /** As many cells as there are rows. */
  add(vector: ColumnVector) {
    const high = this.#high;
    const low = this.#low;
    const rows = high.length;
    switch (vector.kind) {
      case 'number': {
        const words = new Uint32Array(
          vector.values.buffer,
          vector.values.byteOffset,
          2 * vector.values.length,
        );
        for (let row = 0; row < rows; row++) {
          const first = words[2 * row] ?? 0;
          const second = words[2 * row + 1] ?? 0;
          high[row] = mix(mix(high[row] ?? 0, first, highFactor), second, highFactor);
          low[row] = mix(mix(low[row] ?? 0, first, lowFactor), second, lowFactor);
        }
        return;
      }
      case 'code':
        for (let row = 0; row < rows; row++) {
          const code = vector.codes[row] ?? -1;
          high[row] = mix(high[row] ?? 0, code, highFactor);
          low[row] = mix(low[row] ?? 0, code, lowFactor);
        }
        return;
      case 'text':
        for (let row = 0; row < rows; row++) {
          const text = vector.values[row] ?? null;
          high[row] = mixText(high[row] ?? 0, text, highFactor);
          low[row] = mixText(low[row] ?? 0, text, lowFactor);
        }
    }
  }

  /** The later rows of each set of equal ones, ascending. */
  repeated(): Uint32Array {
    const seen = new KeyCounts(this.#high.length);
    const repeated: number[] = [];
    for (let row = 0; row < this.#high.length; row++) {
      const isNew = seen.add(keyOf(this.#high[row] ?? 0, this.#low[row] ?? 0), row) === 1;
      if (!isNew) repeated.push(row);
    }
    return Uint32Array.from(repeated);
  }
}

/** A text's key. */
export function hashText(text: string): number {
  return keyOf(mixText(0x811c9dc5, text, highFactor), mixText(0x9e3779b9, text, lowFactor));
}

/** How often keys occur and where first: open addressing in typed arrays, a fifth of a Map's time and memory. */
export class KeyCounts {
  #keys: Float64Array;
  #counts: Uint32Array;
  #firsts: Uint32Array;
  #size = 0;

  /** @param expected keys for which there is room at once */
  constructor(expected = 0) {
    const length = Math.max(1024, 2 ** Math.ceil(Math.log2(2 * expected + 1)));
    this.#keys = new Float64Array(length).fill(NaN);
    this.#counts = new Uint32Array(length);
    this.#firsts = new Uint32Array(length);
  }

  get size(): number {
    return this.#size;
  }

  /** @param at kept if the key is new @returns how often the key has occurred, this time included */
  add(key: number, at: number): number {
    if (2 * this.#size >= this.#keys.length) this.#grow();
    const slot = this.#slotOf(key);
    const count = (this.#counts[slot] ?? 0) + 1;
    this.#counts[slot] = count;
    if (count === 1) {
      this.#keys[slot] = key;
      this.#firsts[slot] = at;
      this.#size++;
    }
    return count;
  }

  /** In no order that means anything. */
  forEach(visit: (count: number, first: number) => void) {
    for (let slot = 0; slot < this.#counts.length; slot++) {
      const count = this.#counts[slot] ?? 0;
      if (count > 0) visit(count, this.#firsts[slot] ?? 0);
    }
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = key & mask; // of the key's low 32 bits: they are mixed already
    for (;;) {
      const there = this.#keys[slot] ?? NaN;
      if (there === key || Number.isNaN(there)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow() {
    const [keys, counts, firsts] = [this.#keys, this.#counts, this.#firsts];
    const length = 4 * keys.length;
    this.#keys = new Float64Array(length).fill(NaN);
    this.#counts = new Uint32Array(length);
    this.#firsts = new Uint32Array(length);
    for (let old = 0; old < keys.length; old++) {
      const key = keys[old] ?? NaN;
      if (Number.isNaN(key)) continue;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#counts[slot] = counts[old] ?? 0;
      this.#firsts[slot] = firsts[old] ?? 0;
    }
  }
}

const highFactor = 0x85ebca6b;
const lowFactor = 0xc2b2ae35;

function keyOf(high: number, low: number): number {
  return (high >>> 11) * 2 ** 32 + low;
}

function mixText(hash: number, text: string | null, factor: number): number {
  if (text === null) return mix(hash, -1, factor);
  let h = mix(hash, text.length, factor);
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), factor); // as FNV-1a
  return mix(h, 0, factor);
}

/** The mixing step of MurmurHash3 (Appleby, public domain). */
function mix(hash: number, value: number, factor: number): number {
  let h = Math.imul(hash ^ Math.imul(value, factor), 0xcc9e2d51);
  h ^= h >>> 15;
  h = Math.imul(h, factor);
  return (h ^ (h >>> 13)) >>> 0;
}
