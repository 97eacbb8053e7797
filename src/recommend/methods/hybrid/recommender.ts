/** Several fitted recommenders as one: by their scores, or by the places in their lists alone. */
import { StudioError } from '../../../lib/errors.ts';
import type { Taste } from '../../interactions.ts';
import { arraysUnder } from './parts.ts';
import { LastPerson } from '../../last-person.ts';
import type { Recommender, SavedRecommender, ScorePart, ScoreReasons } from '../../recommender.ts';

export const combinations = [
  /** Σ weight · (score − mean) / deviation */
  'weighted-sum',
  /** Σ weight / (k + place): reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). */
  'rank-fusion',
] as const;
export type Combination = (typeof combinations)[number];

export interface HybridMember {
  method: string;
  recommender: Recommender;
  weight: number;
}

/** How much the first places count more than those behind: the paper's own. */
const rankConstant = 60;

export class Hybrid implements Recommender {
  readonly predictsValues = false;
  readonly items: number;
  readonly #members: readonly HybridMember[];
  readonly #combination: Combination;
  readonly #contributions = new LastPerson((taste) => this.#contributionsOf(taste));

  /** @throws StudioError `bad-config` for fewer than two members, or members of other items */
  constructor(members: readonly HybridMember[], combination: Combination) {
    const [first, ...others] = members;
    if (!first || others.length === 0)
      throw new StudioError(
        'bad-config',
        `hybrid: it has ${members.length} members, not two or more`,
      );
    for (const { method, recommender } of others)
      if (recommender.items !== first.recommender.items)
        throw new StudioError(
          'bad-config',
          `hybrid: ${first.method} knows ${first.recommender.items} items, ${method} ${recommender.items}`,
        );
    this.items = first.recommender.items;
    this.#members = members;
    this.#combination = combination;
  }

  score(taste: Taste, out: Float32Array) {
    const sums = new Float64Array(this.items);
    for (const { shares } of this.#contributions.of(taste))
      shares.forEach((share, item) => (sums[item] = (sums[item] ?? 0) + share));
    out.set(sums);
  }

  /** A part a member, with that member's own reasons within. */
  reasons(taste: Taste, item: number): ScoreReasons {
    const parts = this.#contributions.of(taste).map(({ member, shares }, index): ScorePart => ({
      ...{ kind: 'member', index, amount: shares[item] ?? 0 },
      within: member.recommender.reasons(taste, item),
    }));
    return {
      parts: parts.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount)),
      isExact: true,
    };
  }

  nameOf(kind: 'feature' | 'member', index: number): string {
    return kind === 'member' ? (this.#members[index]?.method ?? '') : '';
  }

  /** All members learned from the same table of people: the first that asks says what all do. */
  get personFields() {
    const asking = this.#members.find(({ recommender }) => recommender.personFields?.length);
    return asking?.recommender.personFields ?? [];
  }

  memberAt(index: number): Recommender | null {
    return this.#members[index]?.recommender ?? null;
  }

  /** By fusion of the members' lists of alike items, whose measures are not comparable. */
  similar(item: number, count: number) {
    const sums = new Map<number, number>();
    let known = 0;
    for (const { recommender, weight } of this.#members) {
      const list = recommender.similar(item, 4 * count);
      if (!list || weight <= 0) continue;
      known += weight;
      list.forEach(({ item: other }, i) =>
        sums.set(other, (sums.get(other) ?? 0) + weight / (rankConstant + i + 1)),
      );
    }
    if (known === 0) return null;
    const most = known / (rankConstant + 1); // first in every list
    return [...sums]
      .map(([other, sum]) => ({ item: other, similarity: sum / most }))
      .sort((a, b) => b.similarity - a.similarity || a.item - b.item)
      .slice(0, count);
  }

  vectors() {
    return this.placing()?.recommender.vectors() ?? null;
  }

  /** The member that counts most among those with vectors or weights of items. */
  placing() {
    const byWeight = [...this.#members].sort((a, b) => b.weight - a.weight);
    return (
      byWeight.find(({ recommender }) => recommender.weights?.() ?? recommender.vectors()) ?? null
    );
  }

  save(): SavedRecommender {
    const saved = this.#members.map(({ recommender }) => recommender.save());
    const members = this.#members.map(({ method, weight }, i) => ({
      ...{ method, weight },
      settings: saved[i]?.settings ?? {},
    }));
    return {
      method: 'hybrid',
      settings: { combination: this.#combination, members: JSON.stringify(members) },
      arrays: Object.fromEntries(
        saved.flatMap(({ arrays }, i) => Object.entries(arraysUnder(String(i), arrays))),
      ),
    };
  }

  #contributionsOf(taste: Taste): { member: HybridMember; shares: Float64Array }[] {
    const seen = new Uint8Array(this.items);
    for (const item of taste.items) seen[item] = 1;
    const scores = new Float32Array(this.items);
    return this.#members.map((member) => {
      member.recommender.score(taste, scores);
      const shares =
        this.#combination === 'weighted-sum'
          ? standardised(scores, seen)
          : reciprocalRanks(scores, seen);
      return { member, shares: shares.map((share) => member.weight * share) };
    });
  }
}

/** By mean and deviation over the items that could be recommended; all 0 where these are alike. */
function standardised(scores: Float32Array, seen: Uint8Array): Float64Array {
  let [count, sum] = [0, 0];
  scores.forEach((score, item) => {
    if (seen[item]) return;
    count++;
    sum += score;
  });
  const mean = count > 0 ? sum / count : 0;
  let squares = 0;
  scores.forEach((score, item) => {
    if (!seen[item]) squares += (score - mean) ** 2;
  });
  const deviation = Math.sqrt(squares / Math.max(1, count));
  const isFlat = !(deviation > 1e-7 * Math.abs(mean)) || deviation === 0;
  return Float64Array.from(scores, (score) => (isFlat ? 0 : (score - mean) / deviation));
}

/**
 * 1 / (k + place), places from 1 among the items that could be recommended; one that the person had already gets the
 * place that it would have there. Ties go to the lower number.
 */
function reciprocalRanks(scores: Float32Array, seen: Uint8Array): Float64Array {
  // Who tells nothing apart has no order, not that of the numbers.
  if (scores.every((score) => score === scores[0])) return new Float64Array(scores.length);
  const order = Uint32Array.from(scores, (_, item) => item).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  const shares = new Float64Array(scores.length);
  let before = 0;
  for (const item of order) {
    shares[item] = 1 / (rankConstant + before + 1);
    if (!seen[item]) before++;
  }
  return shares;
}
