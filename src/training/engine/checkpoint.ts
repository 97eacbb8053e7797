/** Where a run stands, to the last bit, as one buffer: JSON for the small things, arrays as they lie in memory. */
import * as v from 'valibot';
import { StudioError } from '../../lib/errors.ts';

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
  lengths: v.object({ weights: v.number(), best: v.number(), slots: v.array(v.number()) }),
});

export type LoopState = Omit<v.InferOutput<typeof stateSchema>, 'lengths'>;

export interface Checkpoint {
  state: LoopState;
  weights: Float32Array;
  best: Float32Array;
  slots: Float32Array[];
}

export function encodeCheckpoint({ state, weights, best, slots }: Checkpoint): ArrayBuffer {
  const lengths = {
    weights: weights.length,
    best: best.length,
    slots: slots.map(({ length }) => length),
  };
  const json = new TextEncoder().encode(JSON.stringify({ ...finite(state), lengths }));
  const arraysAt = 8 + 4 * Math.ceil(json.length / 4);
  const arrays = [weights, best, ...slots];
  const bytes = new ArrayBuffer(arrays.reduce((end, { byteLength }) => end + byteLength, arraysAt));
  new DataView(bytes).setUint32(0, magic, true);
  new DataView(bytes).setUint32(4, json.length, true);
  new Uint8Array(bytes, 8).set(json);
  let at = arraysAt;
  for (const values of arrays) {
    new Float32Array(bytes, at, values.length).set(values);
    at += values.byteLength;
  }
  return bytes;
}

/** @throws StudioError `corrupt` */
export function decodeCheckpoint(bytes: ArrayBuffer): Checkpoint {
  try {
    const view = new DataView(bytes);
    if (view.getUint32(0, true) !== magic) throw new Error('no checkpoint');
    const length = view.getUint32(4, true);
    const json: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
    const { lengths, ...state } = v.parse(stateSchema, infinite(json));
    let at = 8 + 4 * Math.ceil(length / 4);
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
    throw new StudioError('corrupt', 'The checkpoint of this run is damaged', { cause: error });
  }
}

/** On how many workers the run was. @throws StudioError `corrupt` */
export function workersOf(bytes: ArrayBuffer): number {
  return decodeCheckpoint(bytes).state.workers;
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
