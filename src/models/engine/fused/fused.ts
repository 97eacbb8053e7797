/**
 * Operations that a backend may compute in one kernel each way. Which backend brings which kernel is its own
 * business (training/engine/kernels/tfjs/fused); where it brings none, layers are composed of tfjs's operations.
 */
import { customGrad, engine, getKernel } from '../tf.ts';
import type { GradSaveFunc, KernelConfig, NamedAttrMap, Tensor } from '../tf.ts';

/** A kernel that has a gradient of another shape than a product has a second one, with `Gradient` after its name. */
export type FusedName =
  | `Glasshouse${
      | 'Attention'
      | 'BatchNorm'
      | 'BiasActivation'
      | 'Embedding'
      | 'LayerNorm'
      | 'Recurrent'}${'' | 'Gradient'}`
  | `Glasshouse${'Dropout' | 'Loss' | 'Update'}`;

/** Whether the backend in use brings it. */
export function isFused(name: FusedName): boolean {
  // Typed as if every name had one.
  return (getKernel(name, engine().backendName) as KernelConfig | undefined) !== undefined;
}

/** @param inputs null for what isn't given */
export function runFused(
  name: FusedName,
  inputs: Record<string, Tensor | null | undefined>,
  attributes: Record<string, number | boolean | string | NamedAttrMap> = {},
): Tensor[] {
  const given: Record<string, Tensor> = {};
  for (const [part, tensor] of Object.entries(inputs)) if (tensor) given[part] = tensor;
  const output: Tensor | Tensor[] = engine().runKernel(name, given, attributes);
  return Array.isArray(output) ? output : [output];
}

/** The part of a kernel's output that it always has. */
export function part(tensors: readonly Tensor[], index: number): Tensor {
  const found = tensors[index];
  if (!found) throw new Error(`a fused kernel gave no output ${index}`);
  return found;
}

/**
 * Binds two kernels as one differentiable operation.
 * @param forward gives the value, and after it what the way back needs beside the inputs
 * @param backward gradients, one an input; `kept` is what forward gave after the value
 */
export function fuse(
  inputs: readonly Tensor[],
  forward: () => Tensor[],
  backward: (dy: Tensor, kept: readonly Tensor[]) => Tensor[],
): Tensor {
  return customGrad((...all) => {
    const save = all.at(-1) as unknown as GradSaveFunc; // tfjs gives it after the inputs
    const [value, ...kept] = forward();
    if (!value) throw new Error('a fused operation has no value');
    save([...inputs, ...kept]);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved) };
  })(...inputs);
}
