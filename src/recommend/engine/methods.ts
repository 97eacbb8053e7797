/** All ways to recommend: those of ../methods/ and those that need the training kernels. */
import { createHybridMethod } from '../methods/hybrid/method.ts';
import { methods } from '../methods/index.ts';
import type { RecommenderMethod } from '../recommender.ts';
import { gru4rec, sasrec } from './sequential/method.ts';
import { method as twoTower } from './two-tower/method.ts';

const single = { ...methods, sasrec, gru4rec, 'two-tower': twoTower } as const;

/** Hybrids here may have any of them as members. */
export const allMethods = {
  ...single,
  hybrid: createHybridMethod((id): RecommenderMethod<unknown> | undefined =>
    id === 'hybrid' ? undefined : new Map(Object.entries(single)).get(id),
  ),
} as const;
