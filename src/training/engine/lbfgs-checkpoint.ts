/** Where a run of L-BFGS stands, to the last bit, as one buffer: JSON for the small things, then float64 arrays. */
import * as v from 'valibot';
import { StudioError } from '../../lib/errors.ts';
import type { LbfgsState } from './solvers/lbfgs.ts';

const magic = 0x424c4847; // "GHLB"

const headSchema = v.object({
  iteration: v.pipe(v.number(), v.integer(), v.minValue(1)),
  value: v.number(),
  isSettled: v.boolean(),
  pairs: v.pipe(v.number(), v.integer(), v.minValue(0)),
  seconds: v.number(),
});

interface LbfgsCheckpoint {
  state: LbfgsState;
  seconds: number;
}

/** Bytes before the arrays: a multiple of 8. */
const headBytes = 256;

export function encodeLbfgs({ state, seconds }: LbfgsCheckpoint): ArrayBuffer {
  const { iteration, value, isSettled, pairs, x, gradient } = state;
  const text = JSON.stringify({ iteration, value, isSettled, pairs: pairs.length, seconds });
  const arrays = [x, gradient, ...pairs.flatMap(({ s, y }) => [s, y])];
  const bytes = new ArrayBuffer(headBytes + 8 * x.length * arrays.length);
  new DataView(bytes).setUint32(0, magic, true);
  new Uint8Array(bytes, 4).set(new TextEncoder().encode(text.padEnd(headBytes - 4)));
  arrays.forEach((values, i) =>
    new Float64Array(bytes, headBytes + 8 * x.length * i, x.length).set(values),
  );
  return bytes;
}

/** @param parameters of the run's model @throws StudioError `corrupt` */
export function decodeLbfgs(bytes: ArrayBuffer, parameters: number): LbfgsCheckpoint {
  try {
    if (new DataView(bytes).getUint32(0, true) !== magic) throw new Error('no such checkpoint');
    const text = new TextDecoder().decode(new Uint8Array(bytes, 4, headBytes - 4));
    const { pairs, seconds, ...head } = v.parse(headSchema, JSON.parse(text));
    if (bytes.byteLength !== headBytes + 8 * parameters * (2 + 2 * pairs))
      throw new Error('cut off');
    const take = (i: number) =>
      new Float64Array(bytes.slice(headBytes + 8 * parameters * i), 0, parameters);
    const state = {
      ...head,
      x: take(0),
      gradient: take(1),
      pairs: Array.from({ length: pairs }, (_, i) => ({ s: take(2 + 2 * i), y: take(3 + 2 * i) })),
    };
    return { state, seconds };
  } catch (cause) {
    throw new StudioError('corrupt', 'The checkpoint of this run is damaged', { cause });
  }
}
