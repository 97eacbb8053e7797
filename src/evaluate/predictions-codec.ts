/**
 * Predictions as one buffer: a fixed header, the classes' names, then the arrays as they lie in memory
 * (little-endian, each aligned to 8 bytes). Every length is checked before anything is allocated.
 */
import * as v from 'valibot';
import { StudioError } from '../lib/errors.ts';
import type { Predictions } from './evaluation.ts';

const magic = 0x52504847; // "GHPR"
const version = 1;
const headerBytes = 24;
const types = ['classes', 'numbers'] as const;

export function encodePredictions(predictions: Predictions): ArrayBuffer {
  const names =
    predictions.type === 'classes'
      ? new TextEncoder().encode(JSON.stringify(predictions.classes))
      : new Uint8Array();
  const arrays: ArrayBufferView[] =
    predictions.type === 'classes'
      ? [names, predictions.rows, predictions.actual, predictions.probabilities]
      : [names, predictions.rows, predictions.actual, predictions.predicted];
  const bytes = new ArrayBuffer(
    arrays.reduce((end, { byteLength }) => end + aligned(byteLength), headerBytes),
  );
  const header = new DataView(bytes);
  header.setUint32(0, magic, true);
  header.setUint32(4, version, true);
  header.setUint32(8, types.indexOf(predictions.type), true);
  header.setUint32(12, predictions.rows.length, true);
  header.setUint32(16, predictions.type === 'classes' ? predictions.classes.length : 0, true);
  header.setUint32(20, names.byteLength, true);
  let offset = headerBytes;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    new Uint8Array(bytes, offset).set(new Uint8Array(buffer, byteOffset, byteLength));
    offset += aligned(byteLength);
  }
  return bytes;
}

/**
 * Views into `bytes`, nothing copied.
 * @throws StudioError `corrupt`, `newer-version`
 */
export function decodePredictions(bytes: ArrayBuffer): Predictions {
  if (bytes.byteLength < headerBytes) throw corrupt(`${bytes.byteLength} bytes are no header`);
  const header = new DataView(bytes);
  const field = (place: number) => header.getUint32(place, true);
  if (field(0) !== magic) throw corrupt('they start with something else');
  if (field(4) > version)
    throw new StudioError(
      'newer-version',
      `Predictions of format ${field(4)} need a newer version of Glasshouse (this one reads ${version})`,
    );
  const type = types[field(8)];
  if (type === undefined) throw corrupt(`type ${field(8)} is unknown`);
  const [rows, classes, nameBytes] = [field(12), field(16), field(20)];
  const namesEnd = headerBytes + aligned(nameBytes);
  const actualAt = namesEnd + aligned(4 * rows);
  const answersAt = actualAt + aligned((type === 'classes' ? 4 : 8) * rows);
  const end = answersAt + aligned(type === 'classes' ? 4 * rows * classes : 8 * rows);
  if (bytes.byteLength !== end)
    throw corrupt(`${rows} rows take ${end} bytes, and there are ${bytes.byteLength}`);
  const rowNumbers = new Uint32Array(bytes, namesEnd, rows);
  if (type === 'numbers')
    return {
      type,
      rows: rowNumbers,
      actual: new Float64Array(bytes, actualAt, rows),
      predicted: new Float64Array(bytes, answersAt, rows),
    };
  const actual = new Int32Array(bytes, actualAt, rows);
  const stray = actual.find((c) => c < -1 || c >= classes);
  if (stray !== undefined) throw corrupt(`class ${stray} of ${classes}`);
  return {
    type,
    classes: decodeNames(new Uint8Array(bytes, headerBytes, nameBytes), classes),
    rows: rowNumbers,
    actual,
    probabilities: new Float32Array(bytes, answersAt, rows * classes),
  };
}

function decodeNames(bytes: Uint8Array, classes: number): string[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return v.parse(v.pipe(v.array(v.string()), v.length(classes)), JSON.parse(text));
  } catch (error) {
    throw corrupt(`their ${classes} class names can't be read`, error);
  }
}

function corrupt(why: string, cause?: unknown): StudioError {
  return new StudioError('corrupt', `Stored predictions can't be read: ${why}`, { cause });
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
