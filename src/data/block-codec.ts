/** A block of a column as bytes: float64 or int32 little-endian, or JSON text. */
import { StudioError } from '../lib/errors.ts';
import type { ColumnVector, StorageKind } from './schema.ts';

export function encodeBlock(block: ColumnVector): ArrayBuffer {
  switch (block.kind) {
    case 'number':
      return bytesOf(block.values);
    case 'code':
      return bytesOf(block.codes);
    case 'text':
      return new TextEncoder().encode(JSON.stringify(block.values)).buffer;
  }
}

/** The values' own buffer where they fill it; a copy where they are a part of it. */
function bytesOf(values: Float64Array | Int32Array): ArrayBuffer {
  const { buffer } = values;
  const isWhole = buffer.byteLength === values.byteLength;
  return isWhole && buffer instanceof ArrayBuffer
    ? buffer
    : new Uint8Array(values.slice().buffer).buffer;
}

/**
 * Puts blocks together as one column of `rows` cells.
 * @throws StudioError `corrupt` where they don't hold just as many
 */
export function joinBlocks(
  kind: StorageKind,
  blocks: readonly ArrayBuffer[],
  rows: number,
  dictionary: readonly string[],
): ColumnVector {
  switch (kind) {
    case 'number': {
      const values = new Float64Array(rows);
      let at = 0;
      for (const block of blocks) at = place(values, checked(block, 8, rows, at, Float64Array), at);
      return complete({ kind, values }, at, rows);
    }
    case 'code': {
      const codes = new Int32Array(rows);
      let at = 0;
      for (const block of blocks) at = place(codes, checked(block, 4, rows, at, Int32Array), at);
      return complete({ kind, codes, dictionary }, at, rows);
    }
    case 'text': {
      const values = blocks.flatMap(decodeText);
      return complete({ kind, values }, values.length, rows);
    }
  }
}

function checked<Values extends Float64Array | Int32Array>(
  block: ArrayBuffer,
  bytes: number,
  rows: number,
  at: number,
  Type: new (buffer: ArrayBuffer) => Values,
): Values {
  if (block.byteLength % bytes !== 0 || at + block.byteLength / bytes > rows) throw broken(rows);
  return new Type(block);
}

function place<Values extends Float64Array | Int32Array>(all: Values, block: Values, at: number) {
  all.set(block, at);
  return at + block.length;
}

function decodeText(block: ArrayBuffer): (string | null)[] {
  const values: unknown = JSON.parse(new TextDecoder().decode(block));
  if (!Array.isArray(values)) throw broken(0);
  return values.map((value: unknown) => (typeof value === 'string' ? value : null));
}

function complete(vector: ColumnVector, found: number, rows: number): ColumnVector {
  if (found !== rows) throw broken(rows);
  return vector;
}

function broken(rows: number) {
  return new StudioError('corrupt', `Stored column blocks don't hold ${rows} rows`);
}

export function encodeDictionary(dictionary: readonly string[]): ArrayBuffer {
  return new TextEncoder().encode(JSON.stringify(dictionary)).buffer;
}

/** @throws StudioError `corrupt` */
export function decodeDictionary(bytes: ArrayBuffer): string[] {
  const values: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  throw new StudioError('corrupt', 'A stored dictionary is not a list of strings');
}
