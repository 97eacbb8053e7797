/** Fits any method, once it is sure that the memory will do. */
import { StudioError } from '../lib/errors.ts';
import type { Interactions } from './interactions.ts';
import type { ItemFeatures } from './item-features.ts';
import type { FitContext, Recommender, RecommenderMethod } from './recommender.ts';
import { countByItem } from './transpose.ts';

/** Bytes that a fit may take where nobody knows better: what a worker on a school's tablet gets. */
const defaultMemoryLimit = 750e6;

/**
 * @param limit bytes
 * @throws StudioError `out-of-memory` before anything is done, where it would take more; what `fit` throws
 */
export async function fitRecommender<Settings>(
  method: RecommenderMethod<Settings>,
  interactions: Interactions,
  settings: Settings,
  context: FitContext,
  features: ItemFeatures | null = null,
  limit = defaultMemoryLimit,
): Promise<Recommender> {
  const bytes = method.memory(interactions, settings);
  if (bytes > limit)
    throw new StudioError(
      'out-of-memory',
      `${method.id} of ${interactions.users} users and ${interactions.items} items would take ` +
        `${gigabytes(bytes)} of memory, more than the ${gigabytes(limit)} there are: ` +
        `${remediesFor(interactions, settings).join(', ')}, or leave out items with few events`,
    );
  return method.fit(interactions, settings, context, features);
}

function remediesFor(interactions: Interactions, settings: unknown): string[] {
  const without = countByItem(interactions).reduce((n, events) => n + Number(events === 0), 0);
  return [
    hasFactors(settings) ? 'use fewer factors' : 'use ials or bpr, which take less',
    ...(without > 0 ? [`leave out the ${without} items without events`] : []),
  ];
}

/** What such a method takes grows with its factors alone, so that others would be no remedy. */
function hasFactors(settings: unknown): boolean {
  return typeof settings === 'object' && settings !== null && 'factors' in settings;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('en', { maximumSignificantDigits: 2 })} GB`;
}
