/** Which column a table is probably about: by its name, its place, and how well a task could learn it. */
import type { ColumnProfile } from './profile.ts';

export interface TargetSuggestion {
  column: string;
  /** Of the candidates the highest is suggested. */
  score: number;
  reason: 'name' | 'last' | 'first';
}

const targetNames =
  /^(target|label|class|y|outcome|response|species|status|churn|survived|diagnosis|quality|category|type|price|sale_?price|value|medv|score|grade|result|目标|标签|类别|价格)$/i;

/**
 * Candidates, best first; empty where nothing could be learned.
 * @param suits how well some task could learn the column, 0 to 1
 */
export function suggestTargets(
  profiles: readonly ColumnProfile[],
  suits: (profile: ColumnProfile) => number,
): TargetSuggestion[] {
  const last = profiles.length - 1;
  return profiles
    .flatMap((profile, i): TargetSuggestion[] => {
      const suitability = suits(profile) * (1 - profile.missing / Math.max(1, profile.rows));
      if (suitability <= 0) return [];
      const isNamed = targetNames.test(profile.name.trim());
      const place = i === last ? 0.5 : i === 0 ? 0.3 : 0;
      const reason = isNamed ? 'name' : i === last ? 'last' : 'first';
      return [
        { column: profile.name, score: suitability * (1 + (isNamed ? 2 : 0) + place), reason },
      ];
    })
    .sort((a, b) => b.score - a.score);
}
