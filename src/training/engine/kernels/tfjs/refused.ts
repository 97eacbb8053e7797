/**
 * What tfjs's wasm backend (4.22) computes wrongly without a word, and the kernels here don't replace: gradients of
 * 3-D convolutions with strides or several channels, and dilations, whose maxima begin at 0. A run that needs one
 * goes on with the next backend.
 */
import { StudioError } from '../../../../lib/errors.ts';
import { asKernel, type TensorKernel } from './kernel.ts';

const names = [
  'Conv3DBackpropFilterV2',
  'Conv3DBackpropInputV2',
  'Dilation2D',
  'Dilation2DBackpropFilter',
  'Dilation2DBackpropInput',
];

export const refusedKernels: Record<string, TensorKernel> = Object.fromEntries(
  names.map((name) => [
    name,
    asKernel(() => {
      throw new StudioError('unsupported', `${name} is computed wrongly by tfjs's wasm backend`);
    }),
  ]),
);
