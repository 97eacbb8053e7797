/**
 * How calls of kernels are cut: along a dimension whose elements don't see each other, or are summed in the order in
 * which they lie, so that every sum keeps its order. Not cut: batch norm, sums over columns and gathers, which memory
 * bounds and which take far less than products of the same size; and what is done to one image.
 */
import { windowParts } from '../convolution/window-parts.ts';
import type { Kernels } from '../kernels.ts';
import { bent, cuts, type Cut } from './cut-table.ts';

export interface Call {
  name: keyof Kernels;
  values: readonly number[];
}

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
  const { parameters, by, later } = cut;
  const p: Record<string, number> = {};
  parameters.forEach((name, i) => (p[name] = call.values[i] ?? 0));
  if ('window' in p)
    windowAt(p['window'] ?? 0).forEach((part, i) => (p[windowParts[i] ?? ''] = part));
  const all = p[by] ?? 0;
  const unit = cut.unit?.(p) ?? 1;
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
 * A block of a large product's B is packed once, whatever becomes of its rows; a bias's gradient follows that of its
 * activation, which is cut alone.
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

/** Rows of B that a product packs at a time (gemm/packing.assembly.ts). */
const blockDepth = 384;

/** Bytes of what `packB` packs: tiles of eight columns. */
const packedBytes = (n: number, k: number) => 32 * Math.ceil(n / 8) * k;

function preparedDense(call: Call, most: number): Call[] {
  const [x = 0, kernel = 0, bias = 0, z = 0, y = 0, ...sizes] = call.values;
  const [rows = 0, units = 0, width = 0, kind = 0, scratch = 0] = sizes;
  if (rows === 1 || units === 1 || 2 * rows * units * width <= most) return [call];
  return [
    { name: 'packB', values: [kernel, units, 1, units, width, scratch] },
    {
      name: 'densePacked',
      values: [x, kernel, bias, z, y, rows, units, width, kind, scratch],
    },
  ];
}

function preparedProduct(call: Call, most: number): Call[] {
  const [a = 0, rowsA = 0, columnsA = 0, b = 0, rowsB = 0, columnsB = 0, ...others] = call.values;
  const [c = 0, rowsC = 0, m = 0, n = 0, k = 0, isAdded = 0, scratch = 0] = others;
  // Of one row or column: the kernel has another way for it, and a quick one.
  if (m === 1 || n === 1 || 2 * m * n * k <= most) return [call];
  const rest = scratch + packedBytes(n, Math.min(k, blockDepth));
  return Array.from({ length: Math.ceil(k / blockDepth) }, (_, i): Call[] => {
    const from = i * blockDepth;
    const depth = Math.min(blockDepth, k - from);
    const [cornerA, cornerB] = [a + 4 * from * columnsA, b + 4 * from * rowsB];
    const sizes = [m, n, depth, i === 0 ? isAdded : 1, rest];
    return [
      { name: 'packB', values: [cornerB, rowsB, columnsB, n, depth, scratch] },
      { name: 'gemmPacked', values: [cornerA, rowsA, columnsA, scratch, c, rowsC, ...sizes] },
    ];
  }).flat();
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
