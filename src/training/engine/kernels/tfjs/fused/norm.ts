/** models/engine/fused/norms.ts by the kernels of norm/. */
import { sizeOf } from '../../../../../lib/shape.ts';
import type { TensorHeap } from '../heap.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from '../kernel.ts';
import type { TensorInfo } from '../../../../../models/engine/tf.ts';

type Forward = Inputs<'x' | 'gamma' | 'beta'>;
type Backward = Inputs<'x' | 'gamma' | 'centre' | 'spread' | 'dy'>;

function sizesOf({ shape }: TensorInfo) {
  const columns = shape.at(-1) ?? 1;
  return { columns, rows: sizeOf(shape.slice(0, -1)) };
}

const layerNorm: TensorKernel<Forward, { epsilon: number }> = (
  { x, gamma, beta },
  { epsilon },
  heap,
) => {
  if (!isFloat(x, gamma, beta)) return null;
  const { columns, rows } = sizesOf(x);
  const [y, centre, spread] = [heap.output(x.shape), heap.output([rows]), heap.output([rows])];
  heap.kernels.layerNorm(
    ...([heap.at(x), heap.at(gamma), heap.at(beta), heap.at(y), heap.at(centre)] as const),
    ...([heap.at(spread), rows, columns, epsilon] as const),
  );
  return [y, centre, spread];
};

const batchNorm: TensorKernel<
  Forward & Inputs<'mean' | 'variance'>,
  { epsilon: number; momentum: number }
> = ({ x, gamma, beta, mean, variance }, { epsilon, momentum }, heap) => {
  if (!isFloat(x, gamma, beta, mean, variance)) return null;
  const { columns, rows } = sizesOf(x);
  const y = heap.output(x.shape);
  const [centre, spread] = [heap.output([columns]), heap.output([columns])];
  const [nextMean, nextVariance] = [copyOf(heap, mean), copyOf(heap, variance)];
  heap.kernels.batchNorm(
    ...([heap.at(x), heap.at(gamma), heap.at(beta), heap.at(nextMean)] as const),
    ...([heap.at(nextVariance), heap.at(y), heap.at(centre), heap.at(spread)] as const),
    ...([rows, columns, epsilon, momentum] as const),
  );
  return [y, centre, spread, nextMean, nextVariance];
};

/** Kernels write their numbers in place; a tensor's never change. */
export function copyOf(heap: TensorHeap, tensor: TensorInfo): TensorInfo {
  const copy = heap.output(tensor.shape);
  heap.kernels.copy(heap.at(tensor), heap.at(copy), sizeOf(tensor.shape));
  return copy;
}

const gradientBy =
  (name: 'layerNormGradient' | 'batchNormGradient'): TensorKernel<Backward> =>
  ({ x, gamma, centre, spread, dy }, _attributes, heap) => {
    if (!isFloat(x, gamma, centre, spread, dy)) return null;
    const { columns, rows } = sizesOf(x);
    const dx = heap.output(x.shape);
    const [dGamma, dBeta] = [heap.output(gamma.shape), heap.output(gamma.shape)];
    heap.kernels[name](
      ...([heap.at(x), heap.at(gamma), heap.at(centre), heap.at(spread), heap.at(dy)] as const),
      ...([heap.at(dGamma), heap.at(dBeta), heap.at(dx), rows, columns, 0] as const),
    );
    return [dx, dGamma, dBeta];
  };

export const normKernels = {
  GlasshouseBatchNorm: asKernel(batchNorm),
  GlasshouseBatchNormGradient: asKernel(gradientBy('batchNormGradient')),
  GlasshouseLayerNorm: asKernel(layerNorm),
  GlasshouseLayerNormGradient: asKernel(gradientBy('layerNormGradient')),
};
