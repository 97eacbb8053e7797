/**
 * One tower: an item's vector is one of its own plus what layers make of its features. The own one is left out at
 * random in training and for items that nobody has had, which features alone stand for (Volkovs, Yu and Poutanen
 * 2017).
 */
import { initialValues } from '../../../models/engine/initial-values.ts';
import { parametersOf } from '../../../models/layer-parameters.ts';
import { layerShapes } from '../../../models/layer-shapes.ts';
import type { NetworkSpec } from '../../../models/spec.ts';
import type { Random } from '../../../lib/random.ts';
import { planNetwork } from '../../../training/engine/kernels/plan/network-plan.ts';
import { planUpdate, slotsOf } from '../../../training/engine/kernels/update/plan.ts';
import { WasmWorkspace } from '../../../training/engine/kernels/wasm-workspace.ts';
import type { Workspace } from '../../../training/engine/kernels/workspace.ts';
import type { OptimizerSpec } from '../../../training/run.ts';
import type { ItemVectors } from '../../methods/content-based/tf-idf.ts';

export interface TowerShape {
  items: number;
  hidden: number;
  units: number;
  /** Most items of a step. */
  rows: number;
}

export interface Tower {
  /** Where the items' vectors lie, [rows, units], and where their gradient goes. */
  output: number;
  outputSlope: number;
  start(random: Random): void;
  /** @param items one a row @param hasOwn [rows]: whether the item's own vector counts */
  forward(items: Uint32Array, hasOwn: Uint8Array): Generator<unknown, void, undefined>;
  /** Of the rows of the last `forward`. */
  backward(): Generator<unknown, void, undefined>;
  update(learningRate: number): void;
  /** Kernel and bias of each layer. Copies. */
  layers(): Float32Array[];
  /** All that updates change: weights, items' own vectors, and what Adam keeps of both. Views. */
  learned(): Float32Array[];
  /** How many updates there have been. */
  updates: number;
}

const adam: OptimizerSpec = {
  ...{ type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
};

/** @param features their rows are only needed where it is to be run @throws OutOfWorkspace */
export function planTower(
  workspace: Workspace,
  { items, hidden, units, rows: most }: TowerShape,
  features: ItemVectors,
): Tower {
  const sparse = features.names.length;
  const { dense } = features;
  const width = sparse + (dense?.width ?? 0);
  const spec: NetworkSpec = {
    inputShape: [width],
    layers: [
      { type: 'dense', units: hidden, activation: 'relu' },
      { type: 'dense', units, activation: 'linear' },
    ],
  };
  const network = planNetwork(spec, { rows: most, isTraining: true }, workspace);
  const count = items * units;
  const [own, ownGradients] = [workspace.reserve(count), workspace.reserve(count)];
  const learned: { at: number; parameters: number }[] = [];
  const updateOf = (weights: number, gradients: number, parameters: number) => {
    const slots = slotsOf(adam).map(() => workspace.reserve(parameters));
    for (const at of [weights, ...slots]) learned.push({ at, parameters });
    return planUpdate(workspace, adam, { weights, gradients, slots, parameters });
  };
  const updates = [
    updateOf(network.weights, network.gradients, network.trainableCount),
    updateOf(own, ownGradients, count),
  ];
  const view = (at: number, length: number) =>
    workspace instanceof WasmWorkspace
      ? workspace.floats.subarray(at / 4, at / 4 + length)
      : new Float32Array(0); // only counted
  let rows: { items: Uint32Array; hasOwn: Uint8Array } = {
    items: new Uint32Array(0),
    hasOwn: new Uint8Array(0),
  };
  /** to[i] += from[j], row by row. */
  const addRows = (to: Float32Array, from: Float32Array, isToOwn: boolean) => {
    rows.items.forEach((item, row) => {
      if (!rows.hasOwn[row]) return;
      const [i, j] = isToOwn ? [item * units, row * units] : [row * units, item * units];
      for (let k = 0; k < units; k++) to[i + k] = (to[i + k] ?? 0) + (from[j + k] ?? 0);
    });
  };

  return {
    output: network.output.at,
    outputSlope: network.outputSlope,
    start(random) {
      const shapes = layerShapes(spec);
      const parameters = spec.layers.flatMap((layer, i) =>
        parametersOf(layer, shapes[i]?.inputs ?? []),
      );
      parameters.forEach(({ initial }, i) => {
        const place = network.parameters[i];
        if (place) view(place.at, place.size).set(initialValues(initial, place.size, random));
      });
      view(own, count).set(initialValues({ type: 'uniform', limit: 0.05 }, count, random));
    },
    *forward(of, hasOwn) {
      rows = { items: of, hasOwn };
      const input = view(network.input, of.length * width);
      input.fill(0);
      of.forEach((item, row) => {
        for (let at = features.starts[item] ?? 0; at < (features.starts[item + 1] ?? 0); at++)
          input[row * width + (features.indices[at] ?? 0)] = features.values[at] ?? 0;
        if (dense)
          input.set(
            dense.values.subarray(item * dense.width, (item + 1) * dense.width),
            row * width + sparse,
          );
      });
      yield* workspace.inParts(() => network.forward(of.length));
      addRows(view(network.output.at, of.length * units), view(own, count), false);
    },
    *backward() {
      const gradients = view(ownGradients, count);
      gradients.fill(0);
      addRows(gradients, view(network.outputSlope, rows.items.length * units), true); // the way back may spoil the slope
      yield* workspace.inParts(() => network.backward(rows.items.length));
    },
    update(learningRate) {
      for (const update of updates) update.apply(learningRate);
    },
    layers: () => network.parameters.map(({ at, size }) => view(at, size).slice()),
    learned: () => learned.map(({ at, parameters }) => view(at, parameters)),
    get updates() {
      return updates[0]?.steps ?? 0;
    },
    set updates(steps) {
      for (const update of updates) update.steps = steps;
    },
  };
}
