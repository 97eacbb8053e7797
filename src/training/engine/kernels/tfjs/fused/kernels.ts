/** Operations that tfjs has no name for (models/engine/fused), by kernels of ours. */
import type { FusedName } from '../../../../../models/engine/fused/fused.ts';
import type { TensorKernel } from '../kernel.ts';
import { layerKernels } from './layers.ts';
import { normKernels } from './norm.ts';
import { recurrentKernels } from './recurrent.ts';
import { updateKernels } from './update.ts';

export const fusedKernels: Record<FusedName, TensorKernel> = {
  ...layerKernels,
  ...normKernels,
  ...recurrentKernels,
  ...updateKernels,
};
