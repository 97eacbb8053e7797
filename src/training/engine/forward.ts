/** A network's outputs for many rows by the kernels' plan. */
import { StudioError } from '../../lib/errors.ts';
import { parametersOf } from '../../models/layer-parameters.ts';
import { layerShapes } from '../../models/layer-shapes.ts';
import type { NetworkSpec, PackedWeights } from '../../models/spec.ts';
import { createPlannedForward, plannedForwardBytes } from './kernels/planned-forward.ts';

/** Logits or numbers, [rows, outputs] row-major. */
export interface Forward {
  /** @throws StudioError `corrupt` for weights of another network */
  load(weights: PackedWeights): void;
  /** @param features [n, width] row-major; @param between is awaited after each batch */
  outputs(
    features: Float32Array | Float64Array,
    width: number,
    rows: Uint32Array,
    between?: () => Promise<void>,
  ): Promise<Float32Array>;
  dispose(): void;
}

export interface KernelForward extends Forward {
  /** An array a variable. */
  loadArrays(values: readonly Float32Array[]): void;
}

/** Null where the kernels can't. */
export function createKernelForward(spec: NetworkSpec): KernelForward | null {
  const planned = createPlannedForward(spec, rowsAtATime(spec));
  if (!planned) return null;
  return {
    load(weights) {
      mustFit(spec, weights);
      planned.load(weights);
    },
    loadArrays: (values) => planned.loadArrays(values),
    async outputs(features, width, rows, between) {
      let all = new Float32Array(0);
      const x = new Float32Array(Math.min(rows.length, planned.rows) * width);
      for (let from = 0; from < rows.length; from += planned.rows) {
        const batch = rows.subarray(from, from + planned.rows);
        batch.forEach((row, i) =>
          x.set(features.subarray(row * width, row * width + width), i * width),
        );
        const outputs = planned.run(x.subarray(0, batch.length * width), batch.length);
        const perRow = outputs.length / batch.length;
        if (from === 0) all = new Float32Array(rows.length * perRow);
        all.set(outputs, from * perRow);
        await between?.();
      }
      return all;
    },
    dispose: () => undefined, // the memory goes with the last reference to it
  };
}

/** The plan takes whatever there is. @throws StudioError `corrupt` */
function mustFit(spec: NetworkSpec, { tensors, bytes }: PackedWeights) {
  const shapes = layerShapes(spec).flatMap(({ inputs }, i) => {
    const layer = spec.layers[i];
    return layer ? parametersOf(layer, inputs).map(({ shape }) => shape) : [];
  });
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  const fits =
    tensors.length === shapes.length &&
    shapes.every((shape, i) => shape.join() === tensors[i]?.shape.join());
  if (fits && bytes.byteLength === 4 * shapes.reduce((sum, shape) => sum + sizeOf(shape), 0))
    return;
  throw new StudioError('corrupt', "The stored weights don't fit the model's layers");
}

/** What the kernels' plan of a network's answers takes. */
export function forwardBytes(spec: NetworkSpec): number {
  return plannedForwardBytes(spec, rowsAtATime(spec));
}

const mostBytes = 2 ** 25;

/** So many that what the layers give stays below a share of memory. */
export function rowsAtATime(spec: NetworkSpec): number {
  const floats = layerShapes(spec).reduce(
    (sum, { output }) => sum + output.reduce((product, size) => product * size, 1),
    spec.inputShape.reduce((product, size) => product * size, 1),
  );
  return Math.max(1, Math.min(256, Math.floor(mostBytes / (4 * floats))));
}
