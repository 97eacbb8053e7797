/** Trained recommenders held against each other. Plain data; part of what workers/recommend.worker.ts serves. */
import type { PairedDifference } from '../recommend/ranking/intervals.ts';
import type { VersionRef } from './contracts.ts';

export interface RecommendBoardApi {
  /**
   * NDCG@10 of each of `others` less that of `best`, person by person; null where either was measured for nobody.
   * All must be of one protocol.
   */
  compareToBest(
    best: VersionRef,
    others: readonly VersionRef[],
  ): Promise<(PairedDifference | null)[]>;
}
