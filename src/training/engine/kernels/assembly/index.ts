/** What the training kernels' module serves. AssemblyScript, built by tests/support/vite-kernels.ts. */
export { gemm, gemmScratch } from './gemm';
export { activationGradient, biasActivate, multiply } from './activation';
export { binaryLoss, categoricalLoss, columnSums, regularise, squaredLoss } from './loss';
export { updateAdam, updateRmsprop, updateSgd } from './update';
