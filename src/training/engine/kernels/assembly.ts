/** What the training kernels' module serves. AssemblyScript, built by tests/support/vite-kernels.ts. */
export {
  activate,
  activationGradient,
  addBias,
  addBiasActivate,
  biasActivationGradient,
} from './activation/assembly';
export { attend, attendGradient, attentionScratch } from './attention/assembly';
export {
  addConvolveKernelGradient,
  convolutionScratch,
  convolve,
  convolveInputGradient,
  convolveKernelGradient,
} from './convolution/assembly';
export {
  addInto,
  clear,
  columnSums,
  copy,
  copyRows,
  multiply,
  scale,
  sumOfSquares,
  swapOuter,
} from './copy/assembly';
export { dense, densePacked, denseScratch } from './dense/assembly';
export { denseGradientScratch, denseKernelGradient } from './dense/gradient.assembly';
export {
  addDepthwiseKernelGradient,
  depthwise,
  depthwiseInputGradient,
  depthwiseKernelGradient,
} from './depthwise/assembly';
export { dropout } from './dropout/assembly';
export { embed, embedGradient, segmentSum } from './embedding/assembly';
export { factorisePairs, factoriseValues } from './factorisation/assembly';
export { gemm, gemmPacked } from './gemm/assembly';
export { gemmScratch } from './gemm/scratch.assembly';
export { packB } from './gemm/packing.assembly';
export { binaryLoss, categoricalLoss, regularise, squaredLoss } from './loss/assembly';
export { layerNorm, layerNormGradient } from './norm/assembly';
export { batchNorm, batchNormFixed, batchNormGradient } from './norm/batch.assembly';
export {
  averagePool,
  averagePoolGradient,
  globalAverage,
  globalAverageGradient,
  globalMax,
  globalMaxGradient,
} from './pooling/assembly';
export { maxPool, maxPoolGradient } from './pooling/max.assembly';
export {
  gru,
  gruGradient,
  gruGradientSteps,
  gruSteps,
  lstm,
  lstmGradient,
  lstmGradientSteps,
  lstmSteps,
  recurrentScratch,
} from './recurrent/assembly';
export { clip, clipNorm, updateAdam, updateRmsprop, updateSgd } from './update/assembly';
