/** Every way to recommend, by id: a folder each, and a line here. */
import { method as biasedMf } from './biased-mf/method.ts';
import { method as bpr } from './bpr/method.ts';
import { method as contentBased } from './content-based/method.ts';
import { method as ease } from './ease/method.ts';
import { createHybridMethod } from './hybrid/method.ts';
import { method as ials } from './ials/method.ts';
import { method as itemKnn } from './item-knn/method.ts';
import { method as itemMean } from './item-mean/method.ts';
import { method as mostPopular } from './most-popular/method.ts';
import { method as pureSvd } from './pure-svd/method.ts';
import { method as userItemBias } from './user-item-bias/method.ts';
import { method as userKnn } from './user-knn/method.ts';

const single = {
  'most-popular': mostPopular,
  'item-mean': itemMean,
  'user-item-bias': userItemBias,
  'item-knn': itemKnn,
  'user-knn': userKnn,
  'pure-svd': pureSvd,
  ease,
  'biased-mf': biasedMf,
  ials,
  bpr,
  'content-based': contentBased,
} as const;

export const methods = {
  ...single,
  hybrid: createHybridMethod((id) => new Map(Object.entries(single)).get(id)),
} as const;

export type MethodId = keyof typeof methods;
