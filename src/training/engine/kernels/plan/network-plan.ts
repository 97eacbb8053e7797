/**
 * A network as a fixed list of kernel calls on buffers laid out once. Slopes (gradients of outputs) lie in places
 * that are given back once they have been used; outputs stay for the way back.
 */
import { sizeOf } from '../../../../lib/shape.ts';
import { parametersOf } from '../../../../models/layer-parameters.ts';
import { layerShapes, type LayerShape } from '../../../../models/layer-shapes.ts';
import type { LayerSpec, NetworkSpec } from '../../../../models/spec.ts';
import type { Workspace } from '../workspace.ts';
import type { Draw, LayerCalls, Place, SlopePlace } from './layer-plan.ts';
import { isAlias, Slopes } from './slopes.ts';
import { layerPlanners, planLayer, type LayerPlanners } from './plan-layer.ts';

interface ParameterPlace {
  at: number;
  /** 0 for kept state. */
  gradient: number;
  size: number;
  isKernel: boolean;
  isTrainable: boolean;
}

export interface NetworkPlan {
  /** [rows, …inputShape], in bytes. */
  input: number;
  inputSize: number;
  /** [rows, outputs] */
  output: Place;
  /** To be written before `backward`. */
  outputSlope: number;
  /** Of the input, where it was asked for; else 0. */
  inputSlope: number;
  /** Trainable numbers lie side by side, in the order in which they are packed; so do their gradients. */
  weights: number;
  gradients: number;
  trainableCount: number;
  /** All, in the order in which they are packed. */
  parameters: ParameterPlace[];
  draw: Draw;
  /** Whether a step draws masks. */
  hasDropout: boolean;
  forward(rows: number): void;
  backward(rows: number): void;
}

export interface PlanOptions {
  /** Most rows of a batch. */
  rows: number;
  isTraining: boolean;
  /** Whether the gradient of the input is wanted too. */
  needsInputSlope?: boolean;
  /** Absent: all that there are. */
  planners?: LayerPlanners;
}

/** @throws OutOfWorkspace, NoPlan */
export function planNetwork(
  spec: NetworkSpec,
  { rows, isTraining, needsInputSlope = false, planners = layerPlanners }: PlanOptions,
  workspace: Workspace,
): NetworkPlan {
  const shapes = layerShapes(spec);
  const parameters = placeParameters(spec, shapes, workspace, isTraining);
  const inputSize = sizeOf(spec.inputShape);
  const input: Place = {
    at: workspace.reserve(rows * inputSize + 8), // kernels may read a little beyond
    shape: spec.inputShape,
    size: inputSize,
  };
  const outputs = placeOutputs(spec, shapes, input, { rows, isTraining }, workspace);
  const placeOf = (from: number) => (from === -1 ? input : (outputs[from] ?? input));
  const masks = new Map<number, number>();
  for (const { mask } of shapes)
    if (mask !== null && !masks.has(mask)) {
      const steps = shapes[mask]?.inputs[0]?.[0] ?? 0;
      masks.set(mask, workspace.reserve(rows * steps));
    }
  const draw: Draw = { key: 0, offset: 0 };
  const last = outputs.at(-1) ?? input;
  const slopes = new Slopes(spec, shapes, parameters.ofLayers, needsInputSlope, rows, workspace);

  // Backwards first: a slope's place must be known to the layers on both sides.
  const calls = new Array<LayerCalls | null>(spec.layers.length).fill(null);
  const isNeeded = spec.layers.map((_, i) => isTraining && slopes.isNeeded(i));
  for (let i = spec.layers.length - 1; i >= 0; i--) {
    const layer = spec.layers[i];
    const shape = shapes[i];
    if (!layer || !shape) continue;
    const isOnWayBack = isNeeded[i] === true;
    const outputSlope = isOnWayBack ? slopes.of(i) : 0;
    const inputSlopes: SlopePlace[] = isOnWayBack
      ? slopes.forInputs(i)
      : shape.from.map(() => ({ at: 0, isAdded: false }));
    const own = parameters.ofLayers[i] ?? [];
    calls[i] = planLayer(
      planners,
      layer,
      {
        ...{ place: i, rows, isTraining, draw, outputSlope, inputSlopes },
        inputs: shape.from.map(placeOf),
        output: placeOf(i),
        parameters: own.map(({ at }) => at),
        gradients: own.map(({ gradient }) => gradient),
        mask: shape.mask === null ? 0 : (masks.get(shape.mask) ?? 0),
        ownMask: masks.get(i) ?? 0,
      },
      workspace,
    );
    if (isOnWayBack) slopes.release(i);
  }
  workspace.placeScratch();
  const backwards = calls.filter((_, i) => isNeeded[i]).reverse();
  return {
    ...{ input: input.at, inputSize, output: last, draw },
    hasDropout: spec.layers.some((layer) => layer.type === 'dropout' && layer.rate > 0),
    outputSlope: slopes.last,
    inputSlope: slopes.input,
    weights: parameters.weights,
    gradients: parameters.gradients,
    trainableCount: parameters.trainableCount,
    parameters: parameters.ofLayers.flat(),
    forward(count) {
      for (const call of calls) call?.forward(count);
    },
    backward(count) {
      for (const call of backwards) call?.backward(count);
    },
  };
}

function placeParameters(
  { layers }: NetworkSpec,
  shapes: readonly LayerShape[],
  workspace: Workspace,
  isTraining: boolean,
) {
  const specs = layers.map((layer, i) => parametersOf(layer, shapes[i]?.inputs ?? []));
  const total = (isTrainable: boolean) =>
    specs
      .flat()
      .filter((one) => one.isTrainable === isTrainable)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const trainableCount = total(true);
  const weights = workspace.reserve(trainableCount);
  const gradients = isTraining ? workspace.reserve(trainableCount) : 0;
  let state = workspace.reserve(total(false));
  let offset = 0;
  const ofLayers = specs.map((own) =>
    own.map(({ shape, isKernel, isTrainable }): ParameterPlace => {
      const size = sizeOf(shape);
      if (!isTrainable) {
        const at = state;
        state += 4 * size;
        return { at, gradient: 0, size, isKernel, isTrainable };
      }
      const from = offset;
      offset += 4 * size;
      const gradient = isTraining ? gradients + from : 0;
      return { at: weights + from, gradient, size, isKernel, isTrainable };
    }),
  );
  return { ofLayers, weights, gradients, trainableCount };
}

/** For training they stay until the way back; else a place is used again once nothing reads it any more. */
function placeOutputs(
  { layers }: NetworkSpec,
  shapes: readonly LayerShape[],
  input: Place,
  { rows, isTraining }: PlanOptions,
  workspace: Workspace,
): Place[] {
  const outputs: Place[] = [];
  const lastReader = lastReaders(layers, shapes);
  layers.forEach((layer, i) => {
    const { output: shape, from } = shapes[i] ?? { output: [], from: [] };
    const size = shape.reduce((product, length) => product * length, 1);
    const [source = -1] = from;
    const before = source === -1 ? input : (outputs[source] ?? input);
    const count = rows * size + 8; // kernels may read a little beyond
    const place = () => (isTraining ? workspace.reserve(count) : workspace.borrow(count));
    outputs.push({ at: isAlias(layer) ? before.at : place(), shape, size });
    if (isTraining) return;
    lastReader.forEach((reader, root) => {
      const done = outputs[root];
      if (reader === i && done && root !== i) workspace.giveBack(done.at, rows * done.size + 8);
    });
  });
  return outputs;
}

/** The last layer that reads what a layer wrote, itself or by an alias; none reads the last one's. */
function lastReaders(layers: readonly LayerSpec[], shapes: readonly LayerShape[]): number[] {
  const roots: number[] = [];
  const readers: number[] = [];
  layers.forEach((layer, i) => {
    const from = (shapes[i]?.from ?? []).map((place) => (place === -1 ? -1 : (roots[place] ?? -1)));
    roots[i] = isAlias(layer) ? (from[0] ?? -1) : i;
    for (const root of from) if (root !== -1) readers[root] = i;
  });
  const last = roots.at(-1) ?? -1;
  if (last !== -1) readers[last] = layers.length;
  return readers;
}
