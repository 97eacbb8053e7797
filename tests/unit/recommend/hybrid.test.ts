import { expect, test } from 'vitest';
import type { Taste } from '../../../src/recommend/interactions.ts';
import type { FeatureField } from '../../../src/recommend/item-features.ts';
import { method as contentBased } from '../../../src/recommend/methods/content-based/method.ts';
import { createHybridMethod } from '../../../src/recommend/methods/hybrid/method.ts';
import { Hybrid } from '../../../src/recommend/methods/hybrid/recommender.ts';
import type {
  FitProgress,
  Recommender,
  RecommenderMethod,
} from '../../../src/recommend/recommender.ts';
import { categoriesOf, fitContext, interactionsOf, tasteFor } from '../../support/tiny-tastes.ts';

/** Scores that are what they are, whoever asks. */
function fixed(scores: readonly number[], alike: readonly number[] | null = null): Recommender {
  return {
    items: scores.length,
    predictsValues: false,
    score(_taste: Taste, out: Float32Array) {
      out.set(scores);
    },
    reasons: (_taste, item) => ({
      parts: [{ kind: 'bias', index: 0, amount: scores[item] ?? 0 }],
      isExact: true,
    }),
    similar: () => alike?.map((item) => ({ item, similarity: 0.5 })) ?? null,
    vectors: () => null,
    save: () => ({ method: 'fixed', settings: {}, arrays: { scores: Float32Array.from(scores) } }),
  };
}

const fixedMethod: RecommenderMethod<{ scores: number[] }> = {
  id: 'fixed',
  defaults: { scores: [3, 1, 2] },
  memory: () => 100,
  async fit(_events, { scores }, context) {
    await context.breathe({ done: 0.5 });
    await context.breathe({ done: 1 });
    return fixed(scores);
  },
  open: ({ arrays }) => fixed([...(arrays['scores'] ?? [])]),
};

const member = (
  scores: readonly number[],
  weight: number,
  alike: readonly number[] | null = null,
) => ({
  method: `m${weight}`,
  recommender: fixed(scores, alike),
  weight,
});

function scoresOf(model: Recommender, taste = tasteFor([])): number[] {
  const out = new Float32Array(model.items);
  model.score(taste, out);
  return [...out];
}

test('what a member learned of people can be told, and the list follows it', () => {
  const field: FeatureField = {
    ...{ type: 'categories', name: 'team' },
    ...{ separator: null, values: ['red', 'blue'] },
  };
  const byTeam: Recommender = {
    ...fixed([0, 0, 0]),
    personFields: [field],
    score: ({ facts }, out) => out.set(facts?.['team'] === 'red' ? [2, 1, 0] : [0, 1, 2]),
  };
  const plain = fixed([1, 1, 1]);
  const hybridOf = (...members: Recommender[]) =>
    new Hybrid(
      members.map((recommender, i) => ({ method: `m${i}`, recommender, weight: 1 })),
      'weighted-sum',
    );
  const model = hybridOf(plain, byTeam);
  expect(model.personFields).toEqual([field]);
  const of = (team: string) => scoresOf(model, { ...tasteFor([]), facts: { team } });
  expect(of('red')).toEqual(of('blue').toReversed());
  expect(of('red')[0]).toBeGreaterThan(0);
  expect(hybridOf(plain, plain).personFields).toEqual([]);
});

test("a weighted sum is of scores with mean 0 and deviation 1 over what the person hasn't had", () => {
  const model = new Hybrid(
    [member([9, 1, 2, 3], 2), member([0, 300, 100, 200], 1)],
    'weighted-sum',
  );
  const deviation = Math.sqrt(2 / 3);
  const scores = scoresOf(model, tasteFor([0]));
  const expected = [
    (2 * (9 - 2)) / deviation + (0 - 200) / (100 * deviation),
    -2 / deviation + 1 / deviation,
    0 - 1 / deviation,
    2 / deviation,
  ];
  expected.forEach((value, item) => {
    expect(scores[item]).toBeCloseTo(value, 5);
  });
});

test('a member to whom all items are alike says nothing', () => {
  const model = new Hybrid([member([7, 7, 7], 5), member([1, 3, 2], 1)], 'weighted-sum');
  const [a = NaN, b = NaN, c = NaN] = scoresOf(model);
  expect(b > c && c > a).toBe(true);
  expect(a + b + c).toBeCloseTo(0, 5);
});

test('rank fusion: 1 / (60 + place), whatever the scores; ties go to the lower number', () => {
  const model = new Hybrid([member([1000, 1, 2], 1), member([0, 0, 5], 0.5)], 'rank-fusion');
  const scores = scoresOf(model);
  expect(scores[0]).toBeCloseTo(1 / 61 + 0.5 / 62, 7);
  expect(scores[1]).toBeCloseTo(1 / 63 + 0.5 / 63, 7);
  expect(scores[2]).toBeCloseTo(1 / 62 + 0.5 / 61, 7);
  // What the person has had takes no place from others.
  const after = scoresOf(model, tasteFor([0]));
  expect(after[2]).toBeCloseTo(1 / 61 + 0.5 / 61, 7);
  expect(after[0]).toBeCloseTo(1 / 61 + 0.5 / 62, 7);
});

test.each(['weighted-sum', 'rank-fusion'] as const)(
  '%s: reasons say what each member gave, and sum to the score',
  (combination) => {
    const model = new Hybrid([member([5, 1, 2], 1), member([1, 3, 9], 3)], combination);
    const scores = scoresOf(model);
    scores.forEach((score, item) => {
      const { parts, isExact } = model.reasons(tasteFor([]), item);
      expect(isExact).toBe(true);
      expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(score, 5);
    });
    const [first] = model.reasons(tasteFor([]), 2).parts;
    expect(first).toMatchObject({ kind: 'member', index: 1, within: { parts: [{ amount: 9 }] } });
    expect(model.nameOf('member', 1)).toBe('m3');
  },
);

test('alike is what both members find alike', () => {
  const model = new Hybrid(
    [member([1, 2, 3, 4], 1, [1, 2]), member([1, 2, 3, 4], 1, [2, 3]), member([1, 2, 3, 4], 1)],
    'rank-fusion',
  );
  const similar = model.similar(0, 3);
  expect(similar?.map(({ item }) => item)).toEqual([2, 1, 3]);
  expect(similar?.[0]?.similarity).toBeCloseTo((1 / 61 + 1 / 62) / (2 / 61), 6);
  expect(new Hybrid([member([1], 1), member([1], 1)], 'rank-fusion').similar(0, 3)).toBeNull();
});

const events = interactionsOf(
  [
    [0, 0],
    [1, 1],
  ],
  [2, 3],
);
const features = {
  ...{ items: 3, texts: null, numbers: null },
  categories: categoriesOf([['a'], ['b'], ['a']]),
};
const methods = [fixedMethod, contentBased];
const hybrid = createHybridMethod((id) => methods.find((method) => method.id === id));
const settings = {
  combination: 'weighted-sum' as const,
  members: [
    { method: 'fixed', weight: 1, settings: { scores: [1, 2, 2] } },
    { method: 'content-based', weight: 2 },
  ],
};

test('as a method it fits its members, tells progress of the whole, and opens again', async () => {
  const told: FitProgress[] = [];
  const context = {
    ...fitContext(),
    breathe: (progress: FitProgress) => Promise.resolve(void told.push(progress)),
  };
  const model = await hybrid.fit(events, settings, context, features);
  expect(told.map(({ done }) => done)).toEqual([0.25, 0.5, 1]);
  const taste = tasteFor([0]);
  const scores = scoresOf(model, taste);
  expect(scores[2]).toBeGreaterThan(scores[1] ?? NaN);
  expect(hybrid.memory(events, settings)).toBe(
    100 + contentBased.memory(events, contentBased.defaults),
  );
  const [, content] = model.reasons(taste, 2).parts.sort((a, b) => a.index - b.index);
  const [feature] = content?.within?.parts ?? [];
  expect(model.memberAt?.(1)?.nameOf?.('feature', feature?.index ?? NaN)).toBe('a');
  const saved = structuredClone(model.save());
  expect(scoresOf(hybrid.open(saved), taste)).toEqual(scores);
  for (const damaged of [{}, { ...saved.settings, members: '[{}]' }])
    expect(() => hybrid.open({ ...saved, settings: damaged })).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
});

test('it says which member is missing, alone or of other items', async () => {
  const fit = (members: typeof settings.members) =>
    hybrid.fit(events, { ...settings, members }, fitContext(), features);
  await expect(fit([{ method: 'magic', weight: 1 }])).rejects.toThrow('no method "magic"');
  await expect(fit([{ method: 'content-based', weight: 1 }])).rejects.toThrow('has 1 members');
  const other = [
    { method: 'fixed', weight: 1, settings: { scores: [1, 2] } },
    { method: 'content-based', weight: 1 },
  ];
  await expect(fit(other)).rejects.toThrow('fixed knows 2 items, content-based 3');
});
