/** What every reader gives: names, and rows of text in batches, without holding the whole file. */
import type { Dialect, ImportNote, TextRow } from '../schema.ts';

export interface TableReader {
  dialect: Dialect;
  names: string[];
  /** Cells as text, null where there is none. Rows have as many cells as there are names. */
  batches(): AsyncGenerator<TextRow[], void, undefined>;
  /** Complete once the batches have ended. */
  notes: ImportNote[];
}

/** A file as its readers see it; `bytes` streams from its start, gunzipped. */
export interface TableFile {
  name: string;
  blob: Blob;
  /** The first bytes, gunzipped. */
  head: Uint8Array;
  headIsAll: boolean;
  bytes(): ReadableStream<Uint8Array>;
}

export const mostColumns = 10_000;

/** Makes names unique ("x", "x (2)") and fills empty ones ("column 3"). */
export function uniqueNames(names: readonly string[], notes: ImportNote[]): string[] {
  const taken = new Set<string>();
  return names.map((original, i) => {
    const wanted = original.trim() || `column ${i + 1}`;
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted} (${n})`;
    if (name !== wanted) notes.push({ type: 'renamed-column', from: wanted, to: name });
    taken.add(name);
    return name;
  });
}
