/** What a layer learns and keeps: names, shapes and how they start, in the order in which they are packed. */
import type { Initializer, KernelOptions, LayerSpec } from './spec.ts';

export interface ParameterSpec {
  name: string;
  shape: number[];
  initial: InitialValues;
  /** Kernels alone are regularised. */
  isKernel: boolean;
  /** What isn't trainable is only kept, such as moving averages. */
  isTrainable: boolean;
}

export type InitialValues =
  | { type: Initializer; fanIn: number; fanOut: number }
  /** Uniform in ± `limit`. */
  | { type: 'uniform'; limit: number }
  /** All alike; or, in parts of equal length, one value each. */
  | { type: 'constant'; values: number[] };

/** @param inputs shapes of one example */
export function parametersOf(layer: LayerSpec, inputs: readonly number[][]): ParameterSpec[] {
  const [input = []] = inputs;
  const width = input.at(-1) ?? 1;
  switch (layer.type) {
    case 'dense':
      return [
        ...kernelOf(layer, [width, layer.units], width, layer.units),
        ...biasOf(layer, layer.units),
      ];
    case 'convolution': {
      const size = sizeOf(layer.size);
      const area = areaOf(size);
      return [
        ...kernelOf(layer, [...size, width, layer.filters], area * width, area * layer.filters),
        ...biasOf(layer, layer.filters),
      ];
    }
    case 'depthwise-convolution': {
      const size = sizeOf(layer.size);
      return [
        ...kernelOf(layer, [...size, width, 1], areaOf(size), areaOf(size)),
        ...biasOf(layer, width),
      ];
    }
    case 'transposed-convolution': {
      const size = sizeOf(layer.size);
      const area = areaOf(size);
      return [
        ...kernelOf(layer, [...size, layer.filters, width], area * width, area * layer.filters),
        ...biasOf(layer, layer.filters),
      ];
    }
    case 'batch-norm':
      return [
        ...scaleAndShift(width),
        { ...constant('moving-mean', width, 0), isTrainable: false },
        { ...constant('moving-variance', width, 1), isTrainable: false },
      ];
    case 'layer-norm':
      return scaleAndShift(width);
    case 'embedding':
      return [embedding('kernel', [layer.tokens, layer.units])];
    case 'position-embedding':
      return [embedding('kernel', input)];
    case 'lstm':
    case 'gru':
      return layer.isBidirectional
        ? [...recurrent(layer, width, 'forward-'), ...recurrent(layer, width, 'backward-')]
        : recurrent(layer, width, '');
    case 'attention':
      return [
        glorot('kernel', [width, 3 * width], width, width),
        constant('bias', 3 * width, 0),
        glorot('output-kernel', [width, width], width, width),
        constant('output-bias', width, 0),
      ];
    case 'activation':
    case 'dropout':
    case 'flatten':
    case 'max-pooling':
    case 'average-pooling':
    case 'global-max-pooling':
    case 'global-average-pooling':
    case 'add':
    case 'concatenate':
      return [];
    default:
      return layer satisfies never;
  }
}

/** A sequence's window has height 1. */
const sizeOf = (size: readonly number[]) => (size.length === 1 ? [1, ...size] : [...size]);
const areaOf = (size: readonly number[]) => size.reduce((product, length) => product * length, 1);

function kernelOf(
  { activation, initializer }: KernelOptions,
  shape: number[],
  fanIn: number,
  fanOut: number,
): ParameterSpec[] {
  const isRectifier = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu'].includes(activation);
  const type = initializer ?? (isRectifier ? 'he-normal' : 'glorot-uniform');
  return [
    { name: 'kernel', shape, initial: { type, fanIn, fanOut }, isKernel: true, isTrainable: true },
  ];
}

function biasOf({ useBias }: KernelOptions, units: number): ParameterSpec[] {
  return useBias === false ? [] : [constant('bias', units, 0)];
}

function constant(name: string, length: number, ...values: number[]): ParameterSpec {
  return {
    name,
    shape: [length],
    initial: { type: 'constant', values },
    isKernel: false,
    isTrainable: true,
  };
}

function glorot(name: string, shape: number[], fanIn: number, fanOut: number): ParameterSpec {
  const initial = { type: 'glorot-uniform', fanIn, fanOut } as const;
  return { name, shape, initial, isKernel: true, isTrainable: true };
}

function embedding(name: string, shape: number[]): ParameterSpec {
  return {
    name,
    shape,
    initial: { type: 'uniform', limit: 0.05 },
    isKernel: true,
    isTrainable: true,
  };
}

const scaleAndShift = (width: number) => [constant('gamma', width, 1), constant('beta', width, 0)];

/**
 * Gates side by side. LSTM: input, forget, cell, output; the forget gate's bias starts at 1 (Jozefowicz et al.
 * 2015). GRU: update, reset, candidate, with a bias of its own for the recurrent part, as cuDNN has it.
 */
function recurrent(
  { type, units }: { type: 'lstm' | 'gru'; units: number },
  width: number,
  prefix: string,
): ParameterSpec[] {
  const gates = type === 'lstm' ? 4 : 3;
  return [
    glorot(`${prefix}kernel`, [width, gates * units], width, units),
    glorot(`${prefix}recurrent-kernel`, [units, gates * units], units, units),
    ...(type === 'lstm'
      ? [constant(`${prefix}bias`, gates * units, 0, 1, 0, 0)]
      : [
          constant(`${prefix}bias`, gates * units, 0),
          constant(`${prefix}recurrent-bias`, gates * units, 0),
        ]),
  ];
}
