/** The first items for everybody, as a file. */
import Papa from 'papaparse';
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import { Pace } from '../../src/recommend/pace.ts';
import type { ListOptions } from '../../src/rpc/recommend-contract.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';

/** @param onProgress told the share of people done */
export async function exportLists(
  asked: AskedRecommender,
  options: { count: number; format: 'csv' | 'json' } & ListOptions,
  onProgress: (share: number) => void,
): Promise<Blob> {
  const { users } = asked;
  const parts: string[] = options.format === 'csv' ? ['user,rank,item,title,score\r\n'] : [];
  const pace = new Pace(async (share: number) => {
    onProgress(share);
    await yieldToMessages();
  });
  for (const [user, id] of users.entries()) {
    const list = asked.top(
      ...([asked.tasteOf(user), options.count, options.rerank, asked.seenBy(user)] as const),
      options.withNewItems,
    );
    const rows = list.map(({ item, score }, place) => ({
      user: id,
      rank: place + 1,
      item: asked.table.items[item] ?? '',
      title: asked.titleOf(item),
      score,
    }));
    parts.push(
      options.format === 'csv'
        ? `${Papa.unparse(rows, { header: false, escapeFormulae: true })}\r\n`
        : rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
    if (pace.isDue()) await pace.breathe(user / users.length);
  }
  return new Blob(parts, {
    type: options.format === 'csv' ? 'text/csv' : 'application/x-ndjson',
  });
}
