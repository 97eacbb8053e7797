/** An item and a person as the page shows them. */
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import type { ItemSummary, PersonSummary } from '../../src/rpc/recommend-contract.ts';

export function itemSummary(asked: AskedRecommender, item: number): ItemSummary {
  return {
    item,
    id: asked.table.items[item] ?? '',
    title: asked.titleOf(item),
    categories: asked.categoriesOf(item),
    people: asked.people[item] ?? 0,
    hasEvents: asked.hasEvents(item),
  };
}

export function personSummary(asked: AskedRecommender, user: number): PersonSummary {
  return {
    user,
    id: asked.users[user] ?? '',
    events: asked.tasteOf(user).items.length,
    facts: asked.factsOf(user),
  };
}
