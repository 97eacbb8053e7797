/** Trained recommenders held against each other. Plain data; part of what workers/recommend.worker.ts serves. */
import type { PairedDifference } from '../recommend/ranking/intervals.ts';
import type { SplitFigures } from '../recommend/ranking/compare-splits.ts';
import type { SampledComparison } from '../recommend/ranking/sampled-metrics.ts';
import type { DataSetRef } from '../data/schema.ts';
import type { VersionRef } from './contracts.ts';

export type SampledFigures = Pick<SampledComparison, 'people' | 'full' | 'sampled'>;

export interface RecommendBoardApi {
  /**
   * NDCG@10 of each of `others` less that of `best`, person by person; null where either was measured for nobody.
   * All must be of one protocol.
   */
  compareToBest(
    best: VersionRef,
    others: readonly VersionRef[],
  ): Promise<(PairedDifference | null)[]>;
  /** Each version's test part ranked among all items, and against so many random ones. */
  compareSampling(
    versions: readonly VersionRef[],
    negatives: number,
    onProgress: (share: number) => void,
  ): Promise<SampledFigures[]>;
  /**
   * Two quick methods under a random split and one by time; only the first where events have no times.
   * @throws StudioError `out-of-memory` where there are too many items for them
   */
  compareSplits(dataSet: DataSetRef, onProgress: (share: number) => void): Promise<SplitFigures[]>;
}
