/** Where a cross-validation stands: the folds that are done, and the checkpoint of the one under way. */
import * as v from 'valibot';
import type { Predictions } from '../../evaluate/evaluation.ts';
import { decodePredictions, encodePredictions } from '../../evaluate/predictions-codec.ts';
import { StudioError } from '../../lib/errors.ts';
import type { Metrics } from '../run.ts';

interface FoldState {
  done: { metrics: Metrics; predictions: Predictions }[];
  current: ArrayBuffer | null;
}

const magic = 0x56434847; // "GHCV"

const header = v.object({
  folds: v.array(v.object({ metrics: v.record(v.string(), v.number()), bytes: v.number() })),
  current: v.nullable(v.number()),
});

export function encodeFolds({ done, current }: FoldState): ArrayBuffer {
  const parts = done.map(({ predictions }) => encodePredictions(predictions));
  const json = new TextEncoder().encode(
    JSON.stringify({
      folds: done.map(({ metrics }, i) => ({ metrics, bytes: parts[i]?.byteLength ?? 0 })),
      current: current?.byteLength ?? null,
    }),
  );
  const all = [json, ...parts.map((part) => new Uint8Array(part))];
  if (current) all.push(new Uint8Array(current));
  const bytes = new Uint8Array(all.reduce((end, { length }) => end + length, 8));
  new DataView(bytes.buffer).setUint32(0, magic, true);
  new DataView(bytes.buffer).setUint32(4, json.length, true);
  let at = 8;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** @throws StudioError `corrupt` */
export function decodeFolds(bytes: ArrayBuffer): FoldState {
  try {
    const view = new DataView(bytes);
    if (view.getUint32(0, true) !== magic) throw new Error('no checkpoint of folds');
    let at = 8;
    const take = (length: number) => {
      if (at + length > bytes.byteLength) throw new Error('cut off');
      at += length;
      return bytes.slice(at - length, at);
    };
    const json: unknown = JSON.parse(new TextDecoder().decode(take(view.getUint32(4, true))));
    const { folds, current } = v.parse(header, json);
    const done = folds.map(({ metrics, bytes: length }) => ({
      metrics,
      predictions: decodePredictions(take(length)),
    }));
    return { done, current: current === null ? null : take(current) };
  } catch (error) {
    throw new StudioError('corrupt', 'The checkpoint of this cross-validation is damaged', {
      cause: error,
    });
  }
}
