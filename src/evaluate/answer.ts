/** A model's answer to one row. `unanswered` says why there is none, e.g. a missing cell that must not be. */
export type Answer =
  | { type: 'class'; value: string; probabilities: Record<string, number> }
  | { type: 'number'; value: number }
  | { type: 'unanswered'; reason: string };
