/** Why an item has its score, as the page is told. */
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import type { Taste } from '../../src/recommend/interactions.ts';
import type { ScorePart } from '../../src/recommend/recommender.ts';
import type { FactorEnd, Reason, Recommendation } from '../../src/rpc/recommend-contract.ts';

const shownReasons = 8;

export function reasonsOf(
  asked: AskedRecommender,
  taste: Taste,
  item: number,
): Pick<Recommendation, 'reasons' | 'rest'> {
  // Nothing to go by but how many people had it.
  if (asked.goesByPopularity(taste)) {
    const amount = asked.people[item] ?? 0;
    return { reasons: [{ kind: 'item-bias', name: '', amount }], rest: 0 };
  }
  const { parts, isExact } = asked.model.reasons(taste, item);
  const hasOffsets = parts.some(({ kind, index }) => kind === 'item' && index === item);
  const rest = parts.slice(shownReasons).reduce((total, { amount }) => total + amount, 0);
  return {
    reasons: parts.slice(0, shownReasons).map((part) => ({
      kind: kindOf(part, item, { hasOffsets, predictsValues: asked.model.predictsValues }),
      name: asked.nameOf(part),
      amount: part.amount,
      ...(part.kind === 'factor' ? factorOf(asked, part.index, item) : {}),
    })),
    rest: isExact ? rest : null,
  };
}

const shownTitles = 3;

function factorOf(asked: AskedRecommender, factor: number, item: number): Pick<Reason, 'factor'> {
  const { factors } = asked;
  if (!factors) return {};
  const { high, low } = factors.endsOf(factor);
  const told = ({ items, category }: typeof high): FactorEnd => ({
    titles: items
      .filter((other) => other !== item)
      .slice(0, shownTitles)
      .map((other) => asked.titleOf(other)),
    category,
  });
  const [near, far] = factors.isHigh(factor, item) ? [high, low] : [low, high];
  return { factor: { near: told(near), far: told(far) } };
}

/**
 * An item can't be recommended because of itself: such a part is its own offset from the mean, and then that of a
 * `user` is the person's. Where no values are predicted there is no mean: a bias is the item's.
 */
function kindOf(
  { kind, index }: ScorePart,
  item: number,
  { hasOffsets, predictsValues }: { hasOffsets: boolean; predictsValues: boolean },
): Reason['kind'] {
  if (kind === 'item' && index === item) return 'item-bias';
  if (kind === 'user' && hasOffsets) return 'user-bias';
  return kind === 'bias' && !predictsValues ? 'item-bias' : kind;
}
