/** What the two-tower net can be set to; it is trained in ../engine/two-tower/. */
import { textFeatures, type TextFeatures } from './text.ts';

export interface TwoTowerSettings {
  /** Width of both towers' vectors. */
  units: number;
  /** Of the layer between features and vectors. */
  hidden: number;
  /** How often an item's own vector is left out in training, so that features learn to do without. */
  idDropout: number;
  /** Of the items; those of people are known by their words. */
  text: TextFeatures;
  /** Words of the items' texts that count as features, most frequent first. */
  mostWords: number;
  /** Most events of a person's history in a step, drawn anew each time. */
  history: number;
  /** Items that each step tells apart: those of its events, filled up with others. */
  candidates: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
}

export const twoTowerDefaults: TwoTowerSettings = {
  ...{ units: 64, hidden: 64, idDropout: 0.3, text: textFeatures[0], mostWords: 100 },
  ...{ history: 30, candidates: 1024, epochs: 8, batchSize: 512, learningRate: 3e-3 },
};
