/** All ways to recommend: those of ../methods/ and those that need the training kernels. */
import { createHybridMethod } from '../methods/hybrid/method.ts';
import { methods } from '../methods/index.ts';
import type { RecommenderMethod } from '../recommender.ts';
import { gru4rec, sasrec } from './sequential/method.ts';
import { method as twoTower } from './two-tower/method.ts';

/** Those that are trained by kernels in WebAssembly; the others in JavaScript. */
const onKernels = { sasrec, gru4rec, 'two-tower': twoTower } as const;

const single = { ...methods, ...onKernels } as const;

export function backendOf(id: string): 'wasm' | 'cpu' {
  return Object.hasOwn(onKernels, id) ? 'wasm' : 'cpu';
}

/** Hybrids here may have any of them as members. */
export const allMethods = {
  ...single,
  hybrid: createHybridMethod((id): RecommenderMethod<unknown> | undefined =>
    id === 'hybrid' ? undefined : new Map(Object.entries(single)).get(id),
  ),
} as const;
