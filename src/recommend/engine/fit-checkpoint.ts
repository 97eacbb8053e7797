/** Where a recommender's run stands at an epoch's end, as one buffer: JSON for the small things, arrays as they lie. */
import * as v from 'valibot';
import { StudioError } from '../../lib/errors.ts';
import type { Metrics } from '../../training/run.ts';
import type { FitState, SavedRecommender } from '../recommender.ts';

const magic = 0x43524847; // "GHRC"

const types = { float32: Float32Array, float64: Float64Array, uint32: Uint32Array } as const;

const saved = v.object({
  method: v.string(),
  settings: v.record(v.string(), v.union([v.number(), v.string(), v.boolean()])),
  arrays: v.array(
    v.object({
      name: v.string(),
      type: v.picklist(['float32', 'float64', 'uint32']),
      length: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  ),
});

const headerSchema = v.object({
  /** Epochs that are done. */
  epochs: v.number(),
  /** Seconds of training. */
  seconds: v.number(),
  /** Of the kept epoch; null where none is, as of a hybrid, whose epochs are its members' own. */
  keptEpoch: v.nullable(v.number()),
  /** Figures that aren't numbers are null. */
  validation: v.nullable(v.record(v.string(), v.nullable(v.number()))),
  fit: saved,
  kept: v.nullable(saved),
});

export interface FitCheckpoint {
  epochs: number;
  seconds: number;
  fit: FitState;
  kept: { epoch: number; validation: Metrics | null; model: SavedRecommender } | null;
}

/** Copies the arrays. */
export function encodeFitCheckpoint({ epochs, seconds, fit, kept }: FitCheckpoint): ArrayBuffer {
  const header: v.InferInput<typeof headerSchema> = {
    ...{ epochs, seconds, keptEpoch: kept?.epoch ?? null, validation: kept?.validation ?? null },
    ...{ fit: described(fit), kept: kept && described(kept.model) },
  };
  const json = new TextEncoder().encode(JSON.stringify(header)); // which has null for NaN
  const all = [...Object.values(fit.arrays), ...Object.values(kept?.model.arrays ?? {})];
  const start = aligned(8 + json.length);
  const size = all.reduce((end, { byteLength }) => end + aligned(byteLength), start);
  const bytes = new ArrayBuffer(size);
  new DataView(bytes).setUint32(0, magic, true);
  new DataView(bytes).setUint32(4, json.length, true);
  new Uint8Array(bytes).set(json, 8);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of all) {
    new Uint8Array(bytes).set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

/** @throws StudioError `corrupt` */
export function decodeFitCheckpoint(bytes: ArrayBuffer): FitCheckpoint {
  try {
    const view = new DataView(bytes);
    if (view.getUint32(0, true) !== magic) throw new Error('no checkpoint of a recommender');
    const length = view.getUint32(4, true);
    const text = new TextDecoder().decode(new Uint8Array(bytes, 8, length));
    const header = v.parse(headerSchema, JSON.parse(text));
    let at = aligned(8 + length);
    const take = ({ arrays, ...rest }: v.InferOutput<typeof saved>): SavedRecommender => ({
      ...rest,
      arrays: Object.fromEntries(
        arrays.map(({ name, type, length: count }) => {
          const size = count * types[type].BYTES_PER_ELEMENT;
          if (at + size > bytes.byteLength) throw new Error(`"${name}" is cut off`);
          const values = new types[type](bytes.slice(at, at + size));
          at += aligned(size);
          return [name, values];
        }),
      ),
    });
    const [fit, model] = [take(header.fit), header.kept && take(header.kept)];
    const { epochs, seconds, keptEpoch: epoch } = header;
    const validation =
      header.validation &&
      Object.fromEntries(
        Object.entries(header.validation).map(([name, value]) => [name, value ?? Number.NaN]),
      );
    const kept = model && epoch !== null ? { epoch, validation, model } : null;
    return { epochs, seconds, fit, kept };
  } catch (cause) {
    throw new StudioError('corrupt', 'The checkpoint of this run is damaged', { cause });
  }
}

function described({ method, settings, arrays }: SavedRecommender): v.InferInput<typeof saved> {
  return {
    ...{ method, settings },
    arrays: Object.entries(arrays).map(([name, values]) => ({
      ...{ name, type: typeOf(values), length: values.length },
    })),
  };
}

function typeOf(values: SavedRecommender['arrays'][string]): keyof typeof types {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Float64Array ? 'float64' : 'uint32';
}

/** Up to where an array of any type may begin. */
function aligned(bytes: number): number {
  return 8 * Math.ceil(bytes / 8);
}
