/** The part of the recommend worker that the preview alone asks. */
import { transfer } from 'comlink';
import { StudioError } from '../../src/lib/errors.ts';
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import { mapItems, type ItemMap } from '../../src/recommend/map.ts';
import type { VersionRef } from '../../src/rpc/contracts.ts';
import type { Person } from '../../src/rpc/recommend-contract.ts';
import type { PersonById, RecommendPreviewApi } from '../../src/rpc/recommend-preview-contract.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';
import { historyOf, mustKnowItem } from './asked-person.ts';
import { listFor } from './list-for.ts';
import { itemSummary, personSummary } from './summaries.ts';
import { rerankEffect } from './rerank-effect.ts';

export function previewCalls(
  open: (ref: VersionRef) => Promise<AskedRecommender>,
): RecommendPreviewApi {
  const numbersOf = new WeakMap<readonly string[], Map<string, number>>();
  const numberOf = (ids: readonly string[], id: string) => {
    let numbers = numbersOf.get(ids);
    if (!numbers) numbersOf.set(ids, (numbers = new Map(ids.map((name, at) => [name, at]))));
    return numbers.get(id);
  };
  /** Worked out once, as long as the model stays open. */
  const maps = new WeakMap<AskedRecommender, Promise<ItemMap>>();
  const mapOf = (asked: AskedRecommender) => {
    const made = maps.get(asked) ?? mapItems(asked.model, asked.known, yieldToMessages);
    maps.set(asked, made);
    made.catch(() => maps.delete(asked));
    return made;
  };
  /** Which of the questions for an effect is still of interest. */
  let turn = 0;

  /** Null where the data has no such person; without ratings of items that it lacks. */
  const personIn = (asked: AskedRecommender, person: PersonById): Person | null => {
    const { table, users, heart } = asked;
    if (person.type === 'known') {
      const user = numberOf(users, person.id);
      return user === undefined ? null : { user };
    }
    return {
      ratings: person.ratings.flatMap(({ item: id, value }) => {
        const item = numberOf(table.items, id);
        return item === undefined ? [] : [{ item, value: heart ?? value }];
      }),
      ...(person.facts && { facts: person.facts }),
    };
  };

  return {
    async listFor(ref, who, options) {
      const asked = await open(ref);
      const person = personIn(asked, who);
      return person && listFor(asked, person, options);
    },
    async hadBy(ref, who, count) {
      const asked = await open(ref);
      const person = personIn(asked, who);
      return person && historyOf(asked, person, count).map(({ item }) => item);
    },
    async personOf(ref, id) {
      const asked = await open(ref);
      const user = numberOf(asked.users, id);
      return user === undefined ? null : personSummary(asked, user);
    },
    async itemsOf(ref, ids) {
      const asked = await open(ref);
      return ids.map((id) => {
        const item = numberOf(asked.table.items, id);
        return item === undefined ? null : itemSummary(asked, item);
      });
    },
    async itemAt(ref, item) {
      const asked = await open(ref);
      mustKnowItem(asked, item);
      return itemSummary(asked, item);
    },
    async map(ref) {
      const asked = await open(ref);
      const found = await mapOf(asked);
      const { items } = asked.model;
      const numbers = new Map(asked.categories.map((name, at) => [name, at]));
      const categories = Int32Array.from({ length: items }, (_, item) => {
        const [first] = asked.categoriesOf(item);
        return first === undefined ? -1 : (numbers.get(first) ?? -1);
      });
      const { basis, member, shares } = found;
      const positions = found.positions.slice(); // what is kept must not be transferred
      const titles = Array.from({ length: items }, (_, item) => asked.titleOf(item));
      const people = asked.people.slice();
      return transfer({ basis, member, positions, shares, titles, categories, people }, [
        positions.buffer,
        categories.buffer,
        people.buffer,
      ]);
    },
    async effect(ref, rerank) {
      const own = ++turn;
      const asked = await open(ref);
      return rerankEffect(asked, rerank, async () => {
        await yieldToMessages();
        if (own !== turn) throw new StudioError('cancelled', 'Another order was asked for');
      });
    },
    stopEffect() {
      turn++;
      return Promise.resolve();
    },
  };
}
