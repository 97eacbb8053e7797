/** Shapes of a network's layers, and which of them are told what is padding. */
import { StudioError } from '../lib/errors.ts';
import { sizeOf } from '../lib/shape.ts';
import type { LayerSpec, NetworkSpec } from './spec.ts';
import { transposedWindowOf, windowOf } from './window.ts';

export interface LayerShape {
  /** Of one example, one an input. */
  inputs: number[][];
  output: number[];
  /** Where its inputs come from; −1 is the network's input. */
  from: number[];
  /** The embedding that knows what is padding in its first input; null for none. */
  mask: number | null;
}

/** @throws StudioError `bad-config` for layers that don't fit together, named by their place */
export function layerShapes({ inputShape, layers }: NetworkSpec): LayerShape[] {
  const shapes: LayerShape[] = [];
  /** The mask that goes with a layer's output. */
  const masks: (number | null)[] = [];
  layers.forEach((layer, i) => {
    const name = nameOf(layer, i);
    const from = layer.from ?? [i - 1];
    const takesMany = layer.type === 'add' || layer.type === 'concatenate';
    if (from.length === 0 || (!takesMany && from.length > 1))
      throw new StudioError('bad-config', `${name} takes ${from.length} inputs`);
    const inputs = from.map((place) => {
      if (!Number.isInteger(place) || place < -1 || place >= i)
        throw new StudioError(
          'bad-config',
          `${name} takes an output of layer ${place}, which isn't before it`,
        );
      return place === -1 ? inputShape : (shapes[place]?.output ?? inputShape);
    });
    const [source = -1] = from;
    const mask = source === -1 ? null : (masks[source] ?? null);
    const output = outputShape(layer, inputs, name);
    shapes.push({ inputs, output, from, mask });
    masks.push(
      layer.type === 'embedding' ? (layer.hasMask ? i : null) : keepsSteps(layer) ? mask : null,
    );
  });
  return shapes;
}

/** "3 dense" */
function nameOf(layer: LayerSpec, place: number): string {
  return `${place} ${layer.type}`;
}

/** Whether step t of the output is of step t of the input. */
function keepsSteps(layer: LayerSpec): boolean {
  switch (layer.type) {
    case 'lstm':
    case 'gru':
      return layer.returnsSequence === true;
    case 'dense':
    case 'activation':
    case 'dropout':
    case 'batch-norm':
    case 'layer-norm':
    case 'position-embedding':
    case 'attention':
    case 'add':
    case 'concatenate':
      return true;
    default:
      return false;
  }
}

function outputShape(layer: LayerSpec, inputs: number[][], name: string): number[] {
  const [input = []] = inputs;
  const places = input.slice(0, -1);
  const width = input.at(-1) ?? 1;
  const sequence = () => {
    if (input.length === 2) return;
    throw new StudioError(
      'bad-config',
      `${name} needs [steps, features], not ${input.join(' × ')}`,
    );
  };
  /** A sequence's window has height 1, which its shape doesn't show. */
  const placed = (height: number, breadth: number, channels: number) =>
    input.length === 2 ? [breadth, channels] : [height, breadth, channels];
  switch (layer.type) {
    case 'dense':
      return [...places, layer.units];
    case 'activation':
    case 'dropout':
    case 'batch-norm':
    case 'layer-norm':
      return input;
    case 'flatten':
      return [sizeOf(input)];
    case 'convolution': {
      const { outHeight, outWidth } = windowOf(input, layer, name);
      return placed(outHeight, outWidth, layer.filters);
    }
    case 'depthwise-convolution': {
      const { outHeight, outWidth } = windowOf(input, layer, name);
      return placed(outHeight, outWidth, width);
    }
    case 'transposed-convolution': {
      const { inHeight, inWidth } = transposedWindowOf(input, layer, name);
      return placed(inHeight, inWidth, layer.filters);
    }
    case 'max-pooling':
    case 'average-pooling': {
      const { outHeight, outWidth } = windowOf(input, layer, name, layer.size);
      return placed(outHeight, outWidth, width);
    }
    case 'global-max-pooling':
    case 'global-average-pooling':
      if (places.length === 0) throw new StudioError('bad-config', `${name} has nothing to pool`);
      return [width];
    case 'embedding':
      if (input.length !== 1)
        throw new StudioError('bad-config', `${name} needs [steps], not ${input.join(' × ')}`);
      return [...input, layer.units];
    case 'position-embedding':
      sequence();
      return input;
    case 'lstm':
    case 'gru': {
      sequence();
      const units = layer.units * (layer.isBidirectional ? 2 : 1);
      return layer.returnsSequence ? [...places, units] : [units];
    }
    case 'attention':
      sequence();
      if (width % layer.heads !== 0)
        throw new StudioError(
          'bad-config',
          `${name}: ${width} features don't divide among ${layer.heads} heads`,
        );
      return input;
    case 'add':
      for (const other of inputs)
        if (other.join() !== input.join())
          throw new StudioError(
            'bad-config',
            `${name}: ${other.join(' × ')} can't be added to ${input.join(' × ')}`,
          );
      return input;
    case 'concatenate':
      for (const other of inputs)
        if (other.slice(0, -1).join() !== places.join())
          throw new StudioError(
            'bad-config',
            `${name}: ${other.join(' × ')} doesn't lie beside ${input.join(' × ')}`,
          );
      return [...places, inputs.reduce((sum, other) => sum + (other.at(-1) ?? 0), 0)];
    default:
      return layer satisfies never;
  }
}
