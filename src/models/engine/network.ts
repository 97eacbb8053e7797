/** A network built from its spec: variables on the device, and the way from features to outputs. */
import { StudioError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import { parameterCount } from '../spec-schema.ts';
import type { LayerSpec, NetworkSpec, PackedWeights } from '../spec.ts';
import { batchNorm } from './layers/batch-norm.ts';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import type { ForwardContext, Layer, LayerInput } from './layers/layer.ts';
import { layerNorm } from './layers/layer-norm.ts';
import { dispose, tensor, type Tensor2D, type Variable } from './tf.ts';

export interface Network {
  readonly spec: NetworkSpec;
  readonly trainable: { variable: Variable; isKernel: boolean }[];
  /** Trainable variables and kept state, in the order in which they are packed. */
  readonly variables: Variable[];
  /** @param x [batch, features] @returns [batch, outputs], logits or numbers */
  forward(x: Tensor2D, context: ForwardContext): Tensor2D;
  pack(): Promise<PackedWeights>;
  /** @throws StudioError `corrupt` for weights of another shape */
  load(weights: PackedWeights): void;
  dispose(): void;
}

/** @throws StudioError `bad-config` for a network too large */
export function buildNetwork(spec: NetworkSpec, seed: number): Network {
  parameterCount(spec);
  const random = new Random(seed, 'weights');
  let width = spec.inputShape.reduce((product, size) => product * size, 1);
  const layers = spec.layers.map((layerSpec, i) => {
    const layer = buildLayer(layerSpec, {
      name: `${i} ${layerSpec.type} ${unique++}`,
      width,
      random,
    });
    ({ width } = layer);
    return layer;
  });
  const trainable = layers.flatMap((layer) => layer.trainable);
  const variables = layers.flatMap(({ trainable: own, state }) => [
    ...own.map(({ variable }) => variable),
    ...state,
  ]);
  return {
    spec,
    trainable,
    variables,
    forward: (x, context) => layers.reduce((input, layer) => layer.apply(input, context), x),
    pack: () => packVariables(variables),
    load(weights) {
      unpackInto(variables, weights);
    },
    dispose: () => dispose(variables),
  };
}

/** tfjs wants variable names to be unique in a worker. */
let unique = 0;

function buildLayer(spec: LayerSpec, input: LayerInput): Layer {
  switch (spec.type) {
    case 'dense':
      return dense(spec, input);
    case 'dropout':
      return dropout(spec, input);
    case 'batch-norm':
      return batchNorm(spec, input);
    case 'layer-norm':
      return layerNorm(spec, input);
  }
}

/** "0 dense 17/kernel" → "0 dense/kernel" */
function storedName(name: string): string {
  return name.replace(/ \d+\//, '/');
}

async function packVariables(variables: readonly Variable[]): Promise<PackedWeights> {
  const arrays = await Promise.all(variables.map((variable) => variable.data<'float32'>()));
  const bytes = new ArrayBuffer(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const values of arrays) {
    new Float32Array(bytes, at, values.length).set(values);
    at += values.byteLength;
  }
  const tensors = variables.map(({ name, shape }) => ({ name: storedName(name), shape }));
  return { tensors, bytes };
}

function unpackInto(variables: readonly Variable[], { tensors, bytes }: PackedWeights) {
  const total = variables.reduce((sum, { size }) => sum + size, 0);
  const fits =
    tensors.length === variables.length &&
    variables.every(({ shape }, i) => shape.join() === tensors[i]?.shape.join());
  if (!fits || bytes.byteLength !== 4 * total)
    throw new StudioError('corrupt', "The stored weights don't fit the model's layers");
  let at = 0;
  for (const variable of variables) {
    const value = tensor(new Float32Array(bytes, at, variable.size), variable.shape);
    variable.assign(value);
    value.dispose();
    at += 4 * variable.size;
  }
}
