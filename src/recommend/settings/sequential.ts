/** What SASRec and GRU4Rec can be set to; they are trained in ../engine/sequential/. */

export interface SequentialSettings {
  /** Last events that are looked at. */
  steps: number;
  /** Width of the items' vectors. */
  units: number;
  /** Of attention, one after the other; GRU4Rec has one layer whatever this says. */
  blocks: number;
  heads: number;
  dropout: number;
  epochs: number;
  /** Windows of `steps` events. */
  batchSize: number;
  learningRate: number;
  /** Items that each step tells from those that came next; 0: all of them, up to `mostDense`. */
  sampledItems: number;
}

/** Items beyond which a softmax over all of them takes too long. */
export const mostDense = 8192;
/** How many stand for all then. */
export const sampledByDefault = 2048;

export const sasrecDefaults: SequentialSettings = {
  ...{ steps: 50, units: 32, blocks: 2, heads: 1, dropout: 0.3 },
  ...{ epochs: 20, batchSize: 16, learningRate: 2e-3, sampledItems: 0 },
};

export const gru4recDefaults: SequentialSettings = {
  ...{ steps: 50, units: 32, blocks: 1, heads: 1, dropout: 0.3 },
  ...{ epochs: 20, batchSize: 16, learningRate: 2e-3, sampledItems: 0 },
};
