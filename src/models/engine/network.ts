/** A network built from its spec: variables on the device, and the way from features to outputs. */
import { StudioError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import { sizeOf } from '../../lib/shape.ts';
import { parametersOf } from '../layer-parameters.ts';
import { layerShapes } from '../layer-shapes.ts';
import { parameterCount } from '../spec-schema.ts';
import type { LayerSpec, NetworkSpec, PackedWeights } from '../spec.ts';
import { initialValues } from './initial-values.ts';
import { applyLayer } from './layers/apply.ts';
import { maskOf } from './layers/embedding.ts';
import { given, type ForwardContext } from './layers/layer.ts';
import {
  dispose,
  reshape,
  tensor,
  variable,
  type Tensor,
  type Tensor2D,
  type Variable,
} from './tf.ts';

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
  /** Takes a copy of the values, an array a variable. */
  loadArrays(values: readonly Float32Array[]): void;
  dispose(): void;
}

interface BuiltLayer {
  layer: LayerSpec;
  variables: { variable: Variable; isKernel: boolean }[];
}

/** @throws StudioError `bad-config` for a network too large, or whose layers don't fit together */
export function buildNetwork(spec: NetworkSpec, seed: number): Network {
  parameterCount(spec);
  const shapes = layerShapes(spec);
  const random = new Random(seed, 'weights');
  const layers = spec.layers.map((layer, i): BuiltLayer => {
    const name = `${i} ${layer.type} ${unique++}`;
    const parameters = parametersOf(layer, given(shapes[i]).inputs);
    return {
      layer,
      variables: parameters.map(({ name: part, shape, initial, isKernel, isTrainable }) => {
        const count = sizeOf(shape);
        const values = initialValues(initial, count, random);
        return { variable: variableOf(values, shape, `${name}/${part}`, isTrainable), isKernel };
      }),
    };
  });
  const all = layers.flatMap((layer) => layer.variables);
  const variables = all.map((own) => own.variable);
  const sources = shapes.flatMap(({ mask }) => (mask === null ? [] : [mask]));

  const hasDropout = spec.layers.some((layer) => layer.type === 'dropout' && layer.rate > 0);

  const forward = (
    x: Tensor2D,
    { training, random: drawn, firstRow = 0 }: ForwardContext,
  ): Tensor2D => {
    const key = training && hasDropout ? drawn.word() : 0;
    const input = reshape(x, [x.shape[0], ...spec.inputShape]);
    const outputs: Tensor[] = [];
    const masks = new Map<number, Tensor>();
    layers.forEach(({ layer, variables: own }, i) => {
      const { from, inputs: inputShapes, output: outputShape, mask } = given(shapes[i]);
      const inputs = from.map((place) => (place === -1 ? input : given(outputs[place])));
      if (sources.includes(i)) masks.set(i, maskOf(given(inputs[0])));
      const known = mask === null ? null : (masks.get(mask) ?? null);
      const values = own.map((one) => one.variable);
      outputs.push(
        applyLayer(layer, inputs, values, {
          training,
          key,
          firstRow,
          place: i,
          inputShapes,
          outputShape,
          mask: known,
        }),
      );
    });
    return given(outputs.at(-1)) as Tensor2D; // the last layer's shape is [outputs]
  };

  return {
    spec,
    trainable: all.filter((own) => own.variable.trainable),
    variables,
    forward,
    pack: () => packVariables(variables),
    load(weights) {
      unpackInto(variables, weights);
    },
    loadArrays(values) {
      variables.forEach((one, i) => assign(one, given(values[i]).slice()));
    },
    dispose: () => dispose(variables),
  };
}

/** tfjs wants variable names to be unique in a worker. */
let unique = 0;

/** A variable that starts from these values. */
function variableOf(
  values: Float32Array,
  shape: number[],
  name: string,
  isTrainable: boolean,
): Variable {
  const start = tensor(values, shape);
  const created = variable(start, isTrainable, name);
  start.dispose(); // the variable keeps the data
  return created;
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
    assign(variable, new Float32Array(bytes, at, variable.size));
    at += 4 * variable.size;
  }
}

function assign(variable: Variable, values: Float32Array) {
  const value = tensor(values, variable.shape);
  variable.assign(value);
  value.dispose();
}
