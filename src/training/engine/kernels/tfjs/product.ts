/** Matrix products of tfjs, batched and transposed or not, by the packed product of gemm/. */
import { sizeOf } from '../../../../lib/shape.ts';
import { end, hasEnding } from './ending.ts';
import {
  backend_util as util,
  type BatchMatMulAttrs,
  type TensorInfo,
  type _FusedMatMulAttrs,
} from '../../../../models/engine/tf.ts';
import type { TensorHeap } from './heap.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from './kernel.ts';

const batchMatMul: TensorKernel<Inputs<'a' | 'b'>, BatchMatMulAttrs> = (
  { a, b },
  { transposeA, transposeB },
  heap,
) => multiply(heap, a, b, transposeA, transposeB);

const fusedMatMul: TensorKernel<Inputs<'a' | 'b', 'bias'>, _FusedMatMulAttrs> = (
  { a, b, bias },
  { transposeA, transposeB, activation },
  heap,
) => {
  const ending = { activation, bias, columns: b.shape.at(transposeB ? -2 : -1) ?? 0 };
  const product = hasEnding(ending) ? multiply(heap, a, b, transposeA, transposeB) : null;
  if (product) end(heap, product, ending);
  return product;
};

function multiply(
  heap: TensorHeap,
  a: TensorInfo,
  b: TensorInfo,
  isTransposedA: boolean,
  isTransposedB: boolean,
): TensorInfo | null {
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [rowsA = 1, columnsA = 1] = a.shape.slice(-2);
  const [rowsB = 1, columnsB = 1] = b.shape.slice(-2);
  const [m, k] = isTransposedA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = isTransposedB ? [columnsB, rowsB] : [rowsB, columnsB];
  const [countA, countB] = [sizeOf(outerA), sizeOf(outerB)];
  const isOneB = countB === 1;
  const isSameOuter = outerA.join() === outerB.join();
  if (!isFloat(a, b) || k !== inner || !(isSameOuter || isOneB || countA === 1)) return null;
  const outer = util.assertAndGetBroadcastShape(outerA, outerB);
  // One B for all: all rows of A, which lie together, in one product.
  const isOne = isOneB && !isTransposedA;
  const lines = isOne ? countA * m : m;
  const count = isOne ? 1 : sizeOf(outer);
  if (count > heap.mostProducts) return null;
  const output = heap.output([...outer, m, n]);
  if (sizeOf(output.shape) === 0) return output;
  const { kernels } = heap;
  const scratch = heap.scratch(kernels.gemmScratch(lines, n, k));
  const [atA, atB, to] = [heap.at(a), heap.at(b), heap.at(output)];
  const stepA = countA === 1 ? 0 : 4 * m * k;
  const stepB = isOneB ? 0 : 4 * k * n;
  const [strideA, alongA] = isTransposedA ? [1, m] : [k, 1];
  const [strideB, alongB] = isTransposedB ? [1, k] : [n, 1];
  for (let i = 0; i < count; i++)
    kernels.gemm(
      ...([atA + i * stepA, strideA, alongA, atB + i * stepB, strideB, alongB] as const),
      ...([to + i * 4 * m * n, n, lines, n, k, 0, scratch] as const),
    );
  return output;
}

export const productKernels = {
  BatchMatMul: asKernel(batchMatMul),
  _FusedMatMul: asKernel(fusedMatMul),
};
