/**
 * How calls of kernels are cut: along a dimension whose elements don't see each other, or are summed in the order in
 * which they lie, so that every sum keeps its order. Not cut: batch norm, sums over columns and gathers, which memory
 * bounds and which take far less than products of the same size; and what is done to one image.
 */
import { windowParts } from '../convolution/window-parts.ts';
import type { Kernels } from '../kernels.ts';

export interface Call {
  name: keyof Kernels;
  values: readonly number[];
}

/** Parameters by name, the parts of a window among them; places in bytes. */
type Arguments = Readonly<Record<string, number>>;

interface Cut {
  /** In the kernel's order, as far as they are needed. */
  parameters: readonly string[];
  /** Which of them counts the elements. */
  by: string;
  /** Pieces begin at multiples of it. */
  unit?: number;
  /** Floating-point operations of one element; what memory bounds counts for more. */
  operations: (p: Arguments) => number;
  /** Which places move along, and by how many floats an element. */
  moves: (p: Arguments) => Record<string, number>;
  /** What later pieces are instead: it adds to what the first one wrote. */
  later?: keyof Kernels;
}

/** Of an element that is read and written with hardly anything done to it; with a power in between; in an update. */
const [moved, bent, updated] = [10, 40, 100];

/** @param windowAt the words of a window @yields calls that together do what it does, each of some `most` operations */
export function* cutCall(
  call: Call,
  windowAt: (place: number) => Int32Array,
  most: number,
): Generator<Call> {
  const sequence = sequences[call.name];
  const cut = cuts[call.name];
  if (sequence) yield* cutSequence(call, sequence, most);
  else if (cut) yield* cutElements(call, cut, windowAt, most);
  else yield call;
}

function* cutElements(
  call: Call,
  cut: Cut,
  windowAt: (place: number) => Int32Array,
  most: number,
): Generator<Call> {
  const { parameters, by, unit = 1, later } = cut;
  const p: Record<string, number> = {};
  parameters.forEach((name, i) => (p[name] = call.values[i] ?? 0));
  if ('window' in p)
    windowAt(p['window'] ?? 0).forEach((part, i) => (p[windowParts[i] ?? ''] = part));
  const all = p[by] ?? 0;
  const each = unit * Math.max(1, Math.floor(most / (cut.operations(p) * unit)));
  const moves = Object.entries(cut.moves(p));
  for (let from = 0; from === 0 || from < all; from += each) {
    const values = [...call.values];
    values[parameters.indexOf(by)] = Math.min(each, all - from);
    for (const [name, floats] of moves)
      values[parameters.indexOf(name)] = (p[name] ?? 0) + 4 * from * floats;
    yield { name: from > 0 && later ? later : call.name, values };
  }
}

/**
 * A large product's B is packed once, whatever becomes of its rows; a bias's gradient follows that of its activation,
 * which is cut alone.
 */
export function prepared(call: Call, most: number): Call[] {
  switch (call.name) {
    case 'gemm':
      return preparedProduct(call, most);
    case 'dense':
      return preparedDense(call, most);
    case 'biasActivationGradient': {
      const [z = 0, y = 0, gradient = 0, biasGradient = 0, ...sizes] = call.values;
      const [rows = 0, columns = 0, kind = 0] = sizes;
      const sums: Call = { name: 'columnSums', values: [gradient, rows, columns, biasGradient] };
      if (kind === 0) return [sums];
      return [{ name: 'activationGradient', values: [z, y, gradient, rows * columns, kind] }, sums];
    }
    default:
      return [call];
  }
}

/** Bytes of what `packB` packs: tiles of eight columns. */
const packedBytes = (n: number, k: number) => 32 * Math.ceil(n / 8) * k;

function preparedDense(call: Call, most: number): Call[] {
  const [x = 0, kernel = 0, bias = 0, z = 0, y = 0, ...sizes] = call.values;
  const [rows = 0, units = 0, width = 0, kind = 0, scratch = 0] = sizes;
  if (rows === 1 || units === 1 || 2 * rows * units * width <= most) return [call];
  const rest = scratch + packedBytes(units, width);
  return [
    { name: 'packB', values: [kernel, units, 1, units, width, scratch] },
    {
      name: 'densePacked',
      values: [x, scratch, bias, z, y, rows, units, width, kind, rest],
    },
  ];
}

function preparedProduct(call: Call, most: number): Call[] {
  const [a = 0, rowsA = 0, columnsA = 0, b = 0, rowsB = 0, columnsB = 0, ...others] = call.values;
  const [c = 0, rowsC = 0, m = 0, n = 0, k = 0, isAdded = 0, scratch = 0] = others;
  // Of one row or column: the kernel has another way for it, and a quick one.
  if (m === 1 || n === 1 || 2 * m * n * k <= most) return [call];
  const rest = scratch + packedBytes(n, k);
  return [
    { name: 'packB', values: [b, rowsB, columnsB, n, k, scratch] },
    {
      name: 'gemmPacked',
      values: [a, rowsA, columnsA, scratch, c, rowsC, m, n, k, isAdded, rest],
    },
  ];
}

/** A recurrent kernel goes on step after step. */
interface Sequence {
  /** Which of its values is their number; rows and units follow. */
  at: number;
  gates: number;
  /** The kernel that takes some of the steps. */
  some: keyof Kernels;
}

const sequences: Partial<Record<keyof Kernels, Sequence>> = {
  lstm: { at: 5, gates: 4, some: 'lstmSteps' },
  lstmGradient: { at: 8, gates: 4, some: 'lstmGradientSteps' },
  gru: { at: 6, gates: 3, some: 'gruSteps' },
  gruGradient: { at: 8, gates: 3, some: 'gruGradientSteps' },
};

function* cutSequence(
  { values }: Call,
  { at, gates, some }: Sequence,
  most: number,
): Generator<Call> {
  const [steps = 0, rows = 0, units = 0] = values.slice(at, at + 3);
  const operations = rows * units * gates * (2 * units + bent);
  const each = Math.max(1, Math.floor(most / operations));
  const [scratch = 0] = values.slice(-1);
  for (let from = 0; from < steps; from += each)
    yield {
      name: some,
      values: [...values.slice(0, -1), from, Math.min(steps, from + each), scratch],
    };
}

const sizeIn = ({ inHeight = 0, inWidth = 0, channels = 0 }: Arguments) =>
  inHeight * inWidth * channels;
const placesOut = ({ outHeight = 0, outWidth = 0 }: Arguments) => outHeight * outWidth;
const windowSize = ({ height = 0, width = 0 }: Arguments) => height * width;

/** An image's places have `filters` numbers on the one side, and windows of all channels on the other. */
const convolved = (p: Arguments) =>
  placesOut(p) * (p['filters'] ?? 0) * (2 * windowSize(p) * (p['channels'] ?? 0) + moved);
/** Each channel by itself, and so without a product's reuse of what was read. */
const pooled = (p: Arguments) => placesOut(p) * (p['channels'] ?? 0) * moved * windowSize(p);

function byImages(
  parameters: readonly string[],
  [input, output]: readonly [string, string],
  operations: (p: Arguments) => number,
  later?: keyof Kernels,
): Cut {
  return {
    ...{ parameters, by: 'batch', operations },
    moves(p) {
      const depth = p['filters'] ?? p['channels'] ?? 0;
      const outputs = placesOut(p) * depth;
      return {
        [input]: sizeIn(p),
        [output]: outputs,
        ...('chosen' in p && { chosen: outputs }),
      };
    },
    ...(later && { later }),
  };
}

function byElements(parameters: readonly string[], each: number, places: readonly string[]): Cut {
  return {
    ...{ parameters, by: 'count', unit: 8 },
    operations: () => each,
    moves: () => Object.fromEntries(places.map((name) => [name, 1])),
  };
}

const cuts: Partial<Record<keyof Kernels, Cut>> = {
  gemmPacked: {
    parameters: ['a', 'rowsA', 'columnsA', 'packedB', 'c', 'rowsC', 'm', 'n', 'k'],
    by: 'm',
    unit: 96, // rows that it takes at a time
    operations: ({ n = 0, k = 0 }) => 2 * n * k,
    moves: ({ rowsA = 0, rowsC = 0 }) => ({ a: rowsA, c: rowsC }),
  },
  densePacked: {
    parameters: ['x', 'packed', 'bias', 'z', 'y', 'rows', 'units', 'width'],
    by: 'rows',
    unit: 96, // as above
    operations: ({ units = 0, width = 0 }) => units * (2 * width + bent),
    moves: ({ units = 0, width = 0 }) => ({ x: width, z: units, y: units }),
  },
  convolve: byImages(['x', 'kernel', 'y', 'window', 'batch', 'filters'], ['x', 'y'], convolved),
  convolveInputGradient: byImages(
    ['gradient', 'kernel', 'inputGradient', 'window', 'batch', 'filters'],
    ['inputGradient', 'gradient'],
    convolved,
  ),
  convolveKernelGradient: byImages(
    ['x', 'gradient', 'kernelGradient', 'window', 'batch', 'filters'],
    ['x', 'gradient'],
    convolved,
    'addConvolveKernelGradient',
  ),
  depthwise: byImages(['x', 'kernel', 'y', 'window', 'batch'], ['x', 'y'], pooled),
  depthwiseInputGradient: byImages(
    ['gradient', 'kernel', 'inputGradient', 'window', 'batch'],
    ['inputGradient', 'gradient'],
    pooled,
  ),
  depthwiseKernelGradient: byImages(
    ['x', 'gradient', 'kernelGradient', 'window', 'batch'],
    ['x', 'gradient'],
    pooled,
    'addDepthwiseKernelGradient',
  ),
  averagePool: byImages(['x', 'y', 'window', 'batch'], ['x', 'y'], pooled),
  averagePoolGradient: byImages(
    ['gradient', 'inputGradient', 'window', 'batch'],
    ['inputGradient', 'gradient'],
    pooled,
  ),
  maxPool: byImages(['x', 'y', 'chosen', 'window', 'batch'], ['x', 'y'], pooled),
  maxPoolGradient: byImages(
    ['gradient', 'chosen', 'inputGradient', 'window', 'batch'],
    ['inputGradient', 'gradient'],
    pooled,
  ),
  attend: {
    parameters: ['all', 'mask', 'shares', 'mixed', 'batch', 'steps', 'width', 'heads'],
    by: 'batch',
    operations: attended(1),
    moves: (p) => ({ ...attentionMoves(p), mixed: (p['steps'] ?? 0) * (p['width'] ?? 0) }),
  },
  attendGradient: {
    parameters: ['all', 'shares', 'gradient', 'allGradient', 'batch', 'steps', 'width', 'heads'],
    by: 'batch',
    operations: attended(2),
    moves(p) {
      const { steps = 0, width = 0 } = p;
      const { all, shares } = attentionMoves(p);
      return { all, shares, gradient: steps * width, allGradient: all };
    },
  },
  addBiasActivate: {
    parameters: ['z', 'bias', 'y', 'rows', 'columns'],
    by: 'rows',
    operations: ({ columns = 0 }) => (moved + bent) * columns,
    moves: ({ columns = 0 }) => ({ z: columns, y: columns }),
  },
  addBias: {
    parameters: ['x', 'bias', 'rows', 'columns'],
    by: 'rows',
    operations: ({ columns = 0 }) => moved * columns,
    moves: ({ columns = 0 }) => ({ x: columns }),
  },
  embed: {
    parameters: ['tokens', 'table', 'y', 'mask', 'count', 'columns'],
    by: 'count',
    operations: ({ columns = 0 }) => moved * columns,
    moves: ({ columns = 0, mask }) => ({ tokens: 1, y: columns, mask: mask === 0 ? 0 : 1 }),
  },
  layerNorm: {
    parameters: ['x', 'gamma', 'beta', 'y', 'centre', 'spread', 'rows', 'columns'],
    by: 'rows',
    operations: ({ columns = 0 }) => 2 * moved * columns,
    moves: ({ columns = 0 }) => ({ x: columns, y: columns, centre: 1, spread: 1 }),
  },
  dropout: {
    parameters: ['x', 'y', 'mask', 'count', 'key', 'place', 'first'],
    by: 'count',
    unit: 8,
    operations: () => bent,
    moves: () => ({ x: 1, y: 1, mask: 1, first: 1 / 8 }), // a counter for two numbers, no place
  },
  activate: byElements(['z', 'y', 'count'], bent, ['z', 'y']),
  activationGradient: byElements(['z', 'y', 'gradient', 'count'], bent, ['z', 'y', 'gradient']),
  addInto: byElements(['a', 'b', 'count'], moved, ['a', 'b']),
  multiply: byElements(['a', 'b', 'count'], moved, ['a', 'b']),
  regularise: byElements(['gradient', 'weight', 'count'], moved, ['gradient', 'weight']),
  clip: byElements(['gradient', 'count'], moved, ['gradient']),
  updateSgd: byElements(['weight', 'gradient', 'velocity', 'count'], updated, [
    ...['weight', 'gradient', 'velocity'],
  ]),
  updateAdam: byElements(['weight', 'gradient', 'first', 'second', 'count'], updated, [
    ...['weight', 'gradient', 'first', 'second'],
  ]),
  updateRmsprop: byElements(['weight', 'gradient', 'average', 'count'], updated, [
    ...['weight', 'gradient', 'average'],
  ]),
};

function attended(passes: number) {
  return ({ steps = 0, width = 0, heads = 0 }: Arguments) =>
    passes * steps * steps * (4 * width + bent * heads);
}

function attentionMoves({ steps = 0, width = 0, heads = 0, mask = 0 }: Arguments) {
  return {
    all: 3 * steps * width,
    shares: heads * steps * steps,
    mask: mask === 0 ? 0 : steps,
  };
}
