/** Where a run stands, to the last bit, as one buffer: JSON for the small things, arrays as they lie in memory. */
import * as v from 'valibot';
import { StudioError } from '../../lib/errors.ts';
import { backends } from '../run.ts';
import type { Spare } from './checkpointer.ts';

const magic = 0x4b434847; // "GHCK"

const random = v.tuple([v.number(), v.number(), v.number(), v.number()]);

const stateSchema = v.object({
  /** Done epochs, and done steps of the one under way. */
  epoch: v.number(),
  step: v.number(),
  /** Σ loss and Σ rows of the epoch under way. */
  lossSum: v.number(),
  lossRows: v.number(),
  seconds: v.number(),
  shuffle: random,
  /** The shuffle generator as it was before the order of the epoch under way was drawn. */
  order: random,
  dropout: random,
  optimizerSteps: v.number(),
  /** In sums of so many the bits differ. */
  workers: v.optional(v.number(), 1),
  best: v.object({ epoch: v.number(), loss: v.number(), waited: v.number() }),
  schedule: v.object({ factor: v.number(), best: v.number(), waited: v.number() }),
  lossScale: v.exactOptional(v.object({ value: v.number(), quiet: v.number() })),
  /** What it was computed on; absent in a checkpoint of the first version. */
  on: v.exactOptional(
    v.object({ backend: v.picklist(backends), microBatch: v.nullable(v.number()) }),
  ),
  lengths: v.object({ weights: v.number(), best: v.number(), slots: v.array(v.number()) }),
});

export type LoopState = Omit<v.InferOutput<typeof stateSchema>, 'lengths'>;

export interface Checkpoint {
  state: LoopState;
  weights: Float32Array;
  best: Float32Array;
  slots: Float32Array[];
}

/** As a checkpoint, before it is one buffer: the weights may lie in several arrays. */
export type CheckpointParts = Omit<Checkpoint, 'weights' | 'slots'> & {
  weights: readonly Float32Array[];
  slots: readonly Float32Array[];
};

/** The small things take as many bytes each time, so that the arrays lie where they lay. */
const stateBytes = 2048;

/** Bytes of a checkpoint whose small things are few. @param slots numbers that the optimiser keeps in all */
export function checkpointBytes(parameters: number, slots: number): number {
  return 8 + stateBytes + Float32Array.BYTES_PER_ELEMENT * (2 * parameters + slots);
}

/** @param spare an older checkpoint's bytes: written over where the arrays are as long, which costs half */
export function encodeCheckpoint(parts: CheckpointParts, spare: Spare | null = null): ArrayBuffer {
  const { state, weights, best, slots } = parts;
  const lengths = {
    weights: weights.reduce((sum, { length }) => sum + length, 0),
    best: best.length,
    slots: slots.map(({ length }) => length),
  };
  const text = JSON.stringify({ ...finite(state), lengths });
  const json = new TextEncoder().encode(
    text.padEnd(stateBytes * Math.ceil(text.length / stateBytes)),
  );
  const size = [...weights, best, ...slots].reduce(
    (end, { byteLength }) => end + byteLength,
    8 + json.length,
  );
  const fits =
    spare?.bytes.byteLength === size &&
    (spare.bestEpoch === null || new DataView(spare.bytes).getUint32(4, true) === json.length);
  const bytes = fits ? spare.bytes : new ArrayBuffer(size);
  new DataView(bytes).setUint32(0, magic, true);
  new DataView(bytes).setUint32(4, json.length, true);
  new Uint8Array(bytes, 8).set(json);
  let at = 8 + json.length;
  const put = (values: Float32Array) => {
    new Float32Array(bytes, at, values.length).set(values);
    at += values.byteLength;
  };
  weights.forEach(put);
  if (fits && spare.bestEpoch === state.best.epoch) at += best.byteLength;
  else put(best);
  slots.forEach(put);
  return bytes;
}

/** @throws StudioError `corrupt` */
export function decodeCheckpoint(bytes: ArrayBuffer): Checkpoint {
  try {
    const { state, lengths, arraysAt } = decodeState(bytes);
    let at = arraysAt;
    const take = (count: number) => {
      const values = new Float32Array(bytes.slice(at, at + 4 * count));
      if (values.length !== count) throw new Error('cut off');
      at += 4 * count;
      return values;
    };
    return {
      state,
      weights: take(lengths.weights),
      best: take(lengths.best),
      slots: lengths.slots.map(take),
    };
  } catch (error) {
    throw damaged(error);
  }
}

/** Without the arrays. @throws StudioError `corrupt` */
export function loopStateIn(bytes: ArrayBuffer): LoopState {
  try {
    return decodeState(bytes).state;
  } catch (error) {
    throw damaged(error);
  }
}

/** On how many workers the run was. @throws StudioError `corrupt` */
export function workersOf(bytes: ArrayBuffer): number {
  return loopStateIn(bytes).workers;
}

function damaged(cause: unknown) {
  return new StudioError('corrupt', 'The checkpoint of this run is damaged', { cause });
}

function decodeState(bytes: ArrayBuffer) {
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== magic) throw new Error('no checkpoint');
  const length = view.getUint32(4, true);
  const json: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  const { lengths, ...state } = v.parse(stateSchema, infinite(json));
  return { state, lengths, arraysAt: 8 + 4 * Math.ceil(length / 4) };
}

/** JSON has no infinity; before the first epoch the best loss is one. */
function finite(state: LoopState): LoopState {
  return JSON.parse(
    JSON.stringify(state, (_key, value: unknown) => (value === Infinity ? 'Infinity' : value)),
  ) as LoopState; // with "Infinity" for infinities, as `infinite` reads them
}

function infinite(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json), (_key, value: unknown) =>
    value === 'Infinity' ? Infinity : value,
  );
}
