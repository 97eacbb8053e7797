/** The list of somebody, each place with why. */
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import type { ListOptions, Person, Recommendation } from '../../src/rpc/recommend-contract.ts';
import { mustKnow, seenBy, tasteOf } from './asked-person.ts';
import { reasonsOf } from './reasons-of.ts';
import { itemSummary } from './summaries.ts';

/** @throws StudioError as `mustKnow` */
export function listFor(
  asked: AskedRecommender,
  person: Person,
  { count, rerank, withNewItems }: { count: number } & ListOptions,
): Recommendation[] {
  mustKnow(asked, person);
  const taste = tasteOf(asked, person);
  const heldOut = 'user' in person ? asked.heldOut(person.user) : null;
  return asked
    .top(taste, count, rerank, seenBy(asked, person), withNewItems)
    .map(({ item, score }): Recommendation => ({
      ...itemSummary(asked, item),
      score,
      ...reasonsOf(asked, taste, item),
      isHeldOut: heldOut?.has(item) ?? false,
    }));
}
