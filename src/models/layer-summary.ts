/** A network as a table has it: what each layer gives, and how many numbers it has. */
import { sizeOf } from '../lib/shape.ts';
import { parametersOf } from './layer-parameters.ts';
import { layerShapes } from './layer-shapes.ts';
import type { LayerSpec, NetworkSpec } from './spec.ts';

export interface LayerSummary {
  type: LayerSpec['type'];
  /** Shape of one example. */
  output: number[];
  /** Numbers that training adjusts. */
  trainable: number;
  /** Numbers that are only kept, such as moving averages. */
  kept: number;
}

export interface NetworkSummary {
  /** Shape of one example. */
  inputShape: number[];
  layers: LayerSummary[];
}

/** @throws StudioError `bad-config` for layers that don't fit together */
export function summaryOf(spec: NetworkSpec): NetworkSummary {
  const shapes = layerShapes(spec);
  const layers = spec.layers.map((layer, i): LayerSummary => {
    const { inputs = [], output = [] } = shapes[i] ?? {};
    const parameters = parametersOf(layer, inputs);
    const count = (trainable: boolean) =>
      parameters
        .filter(({ isTrainable }) => isTrainable === trainable)
        .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { type: layer.type, output, trainable: count(true), kept: count(false) };
  });
  return { inputShape: spec.inputShape, layers };
}
