/** What a kernel of tfjs is made from here. */
import type { TensorInfo } from '../../../../models/engine/tf.ts';
import type { TensorHeap, WasmTensorHeap } from './heap.ts';

/** What a kernel is called with, by the names that tfjs gives its tensors. */
export type Inputs<Names extends string, Optional extends string = never> = Record<
  Names,
  TensorInfo
> &
  Partial<Record<Optional, TensorInfo>>;

/** Null for tensors that it doesn't take. */
export type TensorKernel<
  In = Record<string, TensorInfo | undefined>,
  Attributes = object,
  Heap = TensorHeap,
> = (inputs: In, attributes: Attributes, heap: Heap) => TensorInfo | TensorInfo[] | null;

/** One of those that need tfjs's wasm backend. */
export type WasmKernel<
  In = Record<string, TensorInfo | undefined>,
  Attributes = object,
> = TensorKernel<In, Attributes, WasmTensorHeap>;

/** As tfjs keeps them: it calls each with the inputs and attributes of its name alone. */
export function asKernel<In, Attributes, Heap>(kernel: TensorKernel<In, Attributes, Heap>) {
  return kernel as unknown as TensorKernel<Parameters<TensorKernel>[0], object, Heap>;
}

export function isFloat(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32');
}
