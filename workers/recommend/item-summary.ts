/** An item as the page shows it. */
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import type { ItemSummary } from '../../src/rpc/recommend-contract.ts';

export function itemSummary(asked: AskedRecommender, item: number): ItemSummary {
  return {
    item,
    id: asked.table.items[item] ?? '',
    title: asked.titleOf(item),
    categories: asked.categoriesOf(item),
    people: asked.people[item] ?? 0,
  };
}
