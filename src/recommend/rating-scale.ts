/** How somebody says what they make of an item: by stars where the data has ratings, else by a heart. */

/**
 * The steps of a scale, least first; a single one is a heart.
 * @param values least and greatest in the data; null where events have none
 * @param likedFrom of the data's `EventRules`: a heart is at least that
 * @param isOfRatings whether the model takes values for ratings, not for counts
 */
export function ratingSteps(
  values: readonly [number, number] | null,
  isOfRatings: boolean,
  likedFrom: number | null,
): number[] {
  const heart = [Math.max(1, likedFrom ?? 1)];
  if (!values || values[0] === values[1]) return heart;
  const [least, most] = [Math.ceil(values[0]), Math.floor(values[1])];
  if (most - least >= 1 && most - least <= 9) {
    const steps = Array.from({ length: most - least + 1 }, (_, i) => least + i);
    // Of 0.5 to 4.8 the last whole step is 4: where a like takes 4.5, somebody must be able to say so.
    return likedFrom !== null && most < likedFrom && likedFrom <= values[1]
      ? [...steps, likedFrom]
      : steps;
  }
  // As wide as a count of plays: a heart, unless the model predicts it.
  if (!isOfRatings) return heart;
  return Array.from({ length: 5 }, (_, i) => values[0] + (i * (values[1] - values[0])) / 4);
}

/**
 * The value of a heart where that is the whole scale, null where there are stars. What was told when less was enough to
 * be liked, or to a version with stars, is shown as a heart all the same, and must count as one.
 */
export function heartOf(steps: readonly number[]): number | null {
  return steps.length === 1 ? (steps[0] ?? null) : null;
}
