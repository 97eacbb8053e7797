/** Constants of the normalising layers, one place for every backend. */

/** Added to a variance before its root. */
export const batchNormEpsilon = 1e-3;
export const layerNormEpsilon = 1e-5;
/** What a moving average keeps of itself at each step. */
export const batchNormMomentum = 0.9;
