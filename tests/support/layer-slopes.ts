/** Every layer that has kernels, and every loss: functions for slopes.ts. */
import { Random } from '../../src/lib/random.ts';
import { parametersOf, type ParameterSpec } from '../../src/models/layer-parameters.ts';
import { layerShapes } from '../../src/models/layer-shapes.ts';
import { the } from '../../src/training/engine/kernels/plan/layer-plan.ts';
import { layerPlanners, planLayer } from '../../src/training/engine/kernels/plan/plan-layer.ts';
import type { Workspace } from '../../src/training/engine/kernels/workspace.ts';
import { layers, normal, type Draw, type LayerCase } from './layer-table.ts';
import type { Differentiable } from './slopes.ts';

/** Lays an example out, by its name. */
type LayOut = [name: string, (workspace: Workspace) => Differentiable];

/** @param rows of each; absent: as many as suit it */
export function functionsOf(rows?: number): LayOut[] {
  const own = rows === undefined ? {} : { rows };
  const losses = { categoricalLoss: 4, binaryLoss: 1, squaredLoss: 1 } as const;
  return [
    ...layers.map((example): LayOut => [
      example.name,
      (workspace) => layerFunction({ ...example, ...own }, workspace),
    ]),
    ...(['categoricalLoss', 'binaryLoss', 'squaredLoss'] as const).map((kernel): LayOut => [
      kernel.replace('Loss', ' loss'),
      (workspace) => lossFunction(kernel, losses[kernel], workspace, rows),
    ]),
    ...(['values', 'pairs'] as const).map((kind): LayOut => [
      `factorisation of ${kind}`,
      (workspace) => factorisationFunction(kind, workspace, rows),
    ]),
  ];
}

export const functions = functionsOf();

/** Of the sums that a kernel [...terms, units] makes. */
const termsOf = (shape: readonly number[]) => sizeOf(shape.slice(0, -1));
const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** A layer's plan made twice: once its inputs' slopes are written, once they are added to what is there. */
export function layerFunction(
  { inputShape, layer, tokens, hasMask, rows = 3, input = normal, hasKink = false }: LayerCase,
  workspace: Workspace,
  planners = layerPlanners,
): Differentiable {
  const random = new Random(23);
  const shape = the(layerShapes({ inputShape, layers: [layer] }));
  const draw = tokens ? tokensBelow(tokens) : input;
  const inputs = shape.inputs.map((own) => {
    const values = draw(rows * sizeOf(own), random);
    return { at: reserve(workspace, values.length), shape: own, size: sizeOf(own), values };
  });
  const parameters = parametersOf(layer, shape.inputs).map(({ shape: own, ...rest }) => {
    const values = parameterValues(own, hasKink, rest, random);
    const [at, gradient] = [reserve(workspace, values.length), reserve(workspace, values.length)];
    const { name, isTrainable } = rest;
    return { name, at, gradient: isTrainable ? gradient : 0, values, terms: termsOf(own) };
  });
  const size = sizeOf(shape.output);
  const output = { at: reserve(workspace, rows * size), shape: shape.output, size };
  const outputSlope = reserve(workspace, rows * size);
  const mask = { at: 0, values: maskOf(rows, inputShape[0] ?? 1, random) };
  if (hasMask) mask.at = reserve(workspace, mask.values.length);
  const ways = [false, true].map((isAdded) => {
    const inputSlopes = inputs.map(({ values }) => ({
      at: tokens ? 0 : reserve(workspace, values.length),
      ...{ isAdded, ...(isAdded && { before: normal(values.length, random) }) },
    }));
    const calls = planLayer(
      planners,
      layer,
      {
        ...{ place: 0, rows, isTraining: true, draw: { key: 77, offset: 0 } },
        ...{ inputs, output, mask: mask.at, ownMask: 0, inputSlopes, outputSlope },
        parameters: parameters.map(({ at }) => at),
        gradients: parameters.map(({ gradient }) => gradient),
      },
      workspace,
    );
    return {
      inputSlopes,
      forward: () => calls.forward(rows),
      backward: () => calls.backward(rows),
    };
  });
  const isLearned = ({ gradient }: { gradient: number }) => gradient !== 0;
  return {
    inputs: [
      ...(tokens ? [] : inputs).map(({ at, values }, i) => ({
        ...{ name: `input ${i}`, at, values, terms: 1 },
        gradients: ways.map(({ inputSlopes }) => the(inputSlopes, i)),
      })),
      ...parameters.filter(isLearned).map(({ gradient, ...own }) => ({
        ...own,
        gradients: ways.map(() => ({ at: gradient })),
      })),
    ],
    constants: [
      ...(hasMask ? [mask] : []),
      ...(tokens ? inputs : []),
      ...parameters.filter((one) => !isLearned(one)),
    ],
    output: { at: output.at, count: rows * size },
    weights: normal(rows * size, random),
    slope: outputSlope,
    ways,
  };
}

/** Kernels may read a little beyond the end. */
const reserve = (workspace: Workspace, count: number) => workspace.reserve(count + 8);

const tokensBelow =
  (tokens: number): Draw =>
  (count, random) =>
    Float32Array.from({ length: count }, () => random.integer(tokens));

/** Around 1 where that is what a layer starts with, as norms do; sums by kernels of about the inputs' size. */
function parameterValues(
  shape: readonly number[],
  hasKink: boolean,
  { isTrainable, initial }: Pick<ParameterSpec, 'isTrainable' | 'initial'>,
  random: Random,
): Float32Array<ArrayBuffer> {
  const values = normal(sizeOf(shape), random);
  const start = initial.type === 'constant' ? (initial.values[0] ?? 0) : 0;
  if (!isTrainable) return values.fill(start);
  const isBias = shape.length === 1;
  if (hasKink) return values.map((x, i) => (isBias ? 2 - 4 * (i % 2) : x / 50));
  const spread = Math.sqrt(termsOf(shape));
  return values.map((x) => start + (isBias ? x / 2 : x / spread));
}

/** [rows, steps]: 1 at steps and 0 at padding; each row has a step. */
function maskOf(rows: number, steps: number, random: Random): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * steps }, (_, i) =>
    i % steps === Math.floor(i / steps) % steps ? 1 : random.integer(2),
  );
}

/** The kernel itself leaves the gradient of the loss times a scale. */
function lossFunction(
  kernel: 'categoricalLoss' | 'binaryLoss' | 'squaredLoss',
  classes: number,
  workspace: Workspace,
  rows = 300, // more than a workgroup has threads
): Differentiable {
  const random = new Random(29);
  const { kernels } = workspace;
  const scale = 1 / 8;
  const [logits, targets, weights, gradient] = [
    reserve(workspace, rows * classes),
    reserve(workspace, rows * classes),
    reserve(workspace, rows),
    reserve(workspace, rows * classes),
  ];
  const forward = () =>
    kernel === 'categoricalLoss'
      ? kernels[kernel](logits, targets, weights, gradient, rows, classes, scale)
      : kernels[kernel](logits, targets, weights, gradient, rows, scale);
  return {
    inputs: [
      {
        ...{ name: 'logits', at: logits, values: normal(rows * classes, random), terms: 1 },
        gradients: [{ at: gradient }],
      },
    ],
    constants: [
      { at: targets, values: targetsOf(rows, classes, random) },
      { at: weights, values: Float32Array.from({ length: rows }, () => random.uniform()) },
    ],
    output: { at: reserve(workspace, 1), count: 1 },
    weights: Float32Array.of(scale),
    slope: 0,
    ways: [{ forward }],
  };
}

/** 1 at each row's own class; or a number that is 0 or 1. */
function targetsOf(rows: number, classes: number, random: Random): Float32Array<ArrayBuffer> {
  const values = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++)
    values[row * classes + random.integer(classes)] = classes > 1 ? 1 : row % 2;
  return values;
}

/** Each row of the tables is met by several examples, or by none. The kernel adds to what is there. */
function factorisationFunction(
  kind: 'values' | 'pairs',
  workspace: Workspace,
  count = 150,
): Differentiable {
  const random = new Random(31);
  const { kernels } = workspace;
  const [userCount, itemCount, factors, scale] = [19, 23, 5, 1 / 8];
  const tableCount = (userCount + itemCount) * (factors + 1);
  const [users, items, learned, weights] = [userCount, itemCount, itemCount, 0].map((most) => ({
    at: reserve(workspace, count),
    values: Float32Array.from({ length: count }, () =>
      most > 0 ? random.integer(most) : random.uniform(),
    ),
  }));
  if (!users || !items || !learned || !weights) throw new Error('unreachable');
  const [table, gradient] = [reserve(workspace, tableCount), reserve(workspace, tableCount)];
  const places = [users.at, items.at, learned.at, weights.at, table, gradient] as const;
  const sizes = [count, userCount, itemCount, factors] as const;
  return {
    inputs: [
      {
        ...{ name: 'tables', at: table, values: normal(tableCount, random).map((x) => x / 2) },
        ...{
          terms: 2 * factors,
          gradients: [{ at: gradient, before: normal(tableCount, random) }],
        },
      },
    ],
    constants: [users, items, learned, weights],
    output: { at: reserve(workspace, 1), count: 1 },
    weights: Float32Array.of(scale),
    slope: 0,
    ways: [
      {
        forward: () =>
          kind === 'values'
            ? kernels.factoriseValues(...places, ...sizes, 3, scale)
            : kernels.factorisePairs(...places, ...sizes, scale),
      },
    ],
  };
}
