/** Along what the calls of each kernel are cut, and what of its places moves along (cuts.ts does it). */
import type { Kernels } from '../kernels.ts';

/** Parameters by name, the parts of a window among them; places in bytes. */
type Arguments = Readonly<Record<string, number>>;

export interface Cut {
  /** In the kernel's order, as far as they are needed. */
  parameters: readonly string[];
  /** Which of them counts the elements. */
  by: string;
  /** Pieces begin at multiples of it; absent: anywhere. */
  unit?: (p: Arguments) => number;
  /** Floating-point operations of one element; what memory bounds counts for more. */
  operations: (p: Arguments) => number;
  /** Which places move along, and by how many floats an element. */
  moves: (p: Arguments) => Record<string, number>;
  /** What later pieces are instead: it adds to what the first one wrote. */
  later?: keyof Kernels;
}

/** Operations of an element that is read and written with hardly anything done to it; in an update; with a power. */
const [moved, updated] = [10, 100];
export const bent = 40;

const sizeIn = ({ inHeight = 0, inWidth = 0, channels = 0 }: Arguments) =>
  inHeight * inWidth * channels;
const placesOut = ({ outHeight = 0, outWidth = 0 }: Arguments) => outHeight * outWidth;
const windowSize = ({ height = 0, width = 0 }: Arguments) => height * width;

/** An image's places have `filters` numbers on the one side, and windows of all channels on the other. */
const convolved = (p: Arguments) =>
  placesOut(p) * (p['filters'] ?? 0) * (2 * windowSize(p) * (p['channels'] ?? 0) + moved);
/** Each channel by itself, and so without a product's reuse of what was read. */
const pooled = (p: Arguments) => placesOut(p) * (p['channels'] ?? 0) * moved * windowSize(p);

/** Images whose share of a kernel's gradient is summed together, as convolution/winograd.assembly.ts has it. */
function imagesTogether(p: Arguments): number {
  const each = placesOut(p) * ((p['channels'] ?? 0) + (p['filters'] ?? 0));
  return [8, 4, 2].find((images) => images * each <= 20_000) ?? 1;
}

function byImages(
  parameters: readonly string[],
  [input, output]: readonly [string, string],
  operations: (p: Arguments) => number,
  summed?: Pick<Cut, 'unit' | 'later'>,
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
    ...summed,
  };
}

function byElements(parameters: readonly string[], each: number, places: readonly string[]): Cut {
  return {
    ...{ parameters, by: 'count', unit: () => 8 },
    operations: () => each,
    moves: () => Object.fromEntries(places.map((name) => [name, 1])),
  };
}

export const cuts: Partial<Record<keyof Kernels, Cut>> = {
  gemmPacked: {
    parameters: ['a', 'rowsA', 'columnsA', 'packedB', 'c', 'rowsC', 'm', 'n', 'k'],
    by: 'm',
    unit: () => 96, // rows that it takes at a time
    operations: ({ n = 0, k = 0 }) => 2 * n * k,
    moves: ({ rowsA = 0, rowsC = 0 }) => ({ a: rowsA, c: rowsC }),
  },
  densePacked: {
    parameters: ['x', 'kernel', 'bias', 'z', 'y', 'rows', 'units', 'width'],
    by: 'rows',
    unit: () => 96, // as above
    operations: ({ units = 0, width = 0 }) => units * (2 * width + bent),
    moves: ({ units = 0, width = 0 }) => ({ x: width, z: units, y: units }),
  },
  denseKernelGradient: {
    parameters: ['x', 'slope', 'kernelGradient', 'rows', 'units', 'width', 'inputs'],
    by: 'inputs',
    unit: () => 96, // a multiple of those that it takes at a time either way
    operations: ({ rows = 0, units = 0 }) => 2 * rows * units,
    moves: ({ units = 0 }) => ({ x: 1, kernelGradient: units }),
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
    { unit: imagesTogether, later: 'addConvolveKernelGradient' },
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
    { later: 'addDepthwiseKernelGradient' },
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
    unit: () => 8,
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
