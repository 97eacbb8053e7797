/** The first items for everybody, as a file. */
import Papa from 'papaparse';
import { StudioError } from '../../src/lib/errors.ts';
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import { Pace } from '../../src/recommend/pace.ts';
import type { VersionRef } from '../../src/rpc/contracts.ts';
import type { ListOptions, RecommendApi } from '../../src/rpc/recommend-contract.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';

export function listCalls(
  open: (ref: VersionRef) => Promise<AskedRecommender>,
): Pick<RecommendApi, 'exportLists' | 'stopLists'> {
  /** How often lists were stopped: those that were begun before the latest time end. */
  let stops = 0;
  return {
    async exportLists(ref, options, onProgress) {
      const begun = stops;
      const mustGoOn = () => {
        if (begun !== stops) throw new StudioError('cancelled', 'Stopped');
      };
      const asked = await open(ref);
      mustGoOn();
      return exportLists(asked, options, async (share) => {
        onProgress(share);
        await yieldToMessages();
        mustGoOn();
      });
    },
    stopLists() {
      stops++;
      return Promise.resolve();
    },
  };
}

/** @param breathe hears the share of people done; what it throws ends the work */
async function exportLists(
  asked: AskedRecommender,
  options: { count: number; format: 'csv' | 'json' } & ListOptions,
  breathe: (share: number) => Promise<void>,
): Promise<Blob> {
  const { users } = asked;
  const parts: string[] = options.format === 'csv' ? ['user,rank,item,title,score\r\n'] : [];
  const pace = new Pace(breathe);
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
