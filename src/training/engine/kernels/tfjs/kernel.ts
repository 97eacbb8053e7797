/** What a kernel of tfjs is made from here. */
import type { TensorInfo } from '../../../../models/engine/tf.ts';
import type { TensorHeap } from './heap.ts';

/** What a kernel is called with, by the names that tfjs gives its tensors. */
export type Inputs<Names extends string, Optional extends string = never> = Record<
  Names,
  TensorInfo
> &
  Partial<Record<Optional, TensorInfo>>;

/** Null for tensors that it doesn't take. */
export type TensorKernel<In = Record<string, TensorInfo | undefined>, Attributes = object> = (
  inputs: In,
  attributes: Attributes,
  heap: TensorHeap,
) => TensorInfo | TensorInfo[] | null;

/** As tfjs keeps them: it calls each with the inputs and attributes of its name alone. */
export function asKernel<In, Attributes>(kernel: TensorKernel<In, Attributes>) {
  return kernel as unknown as TensorKernel;
}

export function isFloat(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32');
}

/** Of a convolution; tfjs-layers tells null for none. */
export function isDense(dilations: readonly number[] | number | null | undefined): boolean {
  return [dilations ?? 1].flat().every((dilation) => dilation === 1);
}
