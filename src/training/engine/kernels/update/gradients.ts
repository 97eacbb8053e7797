/** What is done to all gradients between the way back and the optimiser, as one array. */
import type { ClippingSpec } from '../../../run.ts';
import type { LossScale } from '../../loss-scale.ts';
import type { Workspace } from '../workspace.ts';

interface GradientPlace {
  gradients: number;
  parameters: number;
}

/** Takes the loss's factor off. @returns false for a step that is to be left out, which a fixed one has none of */
export function unscale(
  { kernels }: Pick<Workspace, 'kernels'>,
  { gradients, parameters }: GradientPlace,
  lossScale: LossScale,
): boolean {
  kernels.scale(gradients, 1 / lossScale.value, parameters);
  if (lossScale.isFixed) return true;
  const isFinite = Number.isFinite(kernels.sumOfSquares(gradients, parameters));
  lossScale.observe(isFinite);
  return isFinite;
}

export function clipGradients(
  { kernels }: Pick<Workspace, 'kernels'>,
  { gradients, parameters }: GradientPlace,
  { type, limit }: ClippingSpec,
) {
  // What pads the arrays is 0, and stays 0.
  const count = 4 * Math.ceil(parameters / 4);
  if (type === 'value') kernels.clip(gradients, count, limit);
  else kernels.clipNorm(gradients, count, limit);
}
