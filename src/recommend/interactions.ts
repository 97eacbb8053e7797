/** Who did what with what: a sparse matrix of users and items. Plain typed arrays; nothing here knows of tables. */

import type { Facts } from './item-features.ts';

/**
 * Events of users × items by user (compressed sparse rows): those of user u are at [starts[u], starts[u + 1]), a pair
 * at most once, items ascending.
 */
export interface Interactions {
  users: number;
  items: number;
  /** [users + 1] */
  starts: Uint32Array;
  /** [events] */
  indices: Uint32Array;
  /** [events]: ratings, or how much; all 1 where only that it happened is known. */
  values: Float32Array;
  /** [events]: ms since 1970 UTC, NaN where unknown; null where there are no times at all. */
  times: Float64Array | null;
}

/** What is known of one person: all that a model ranks items by. Items ascending, each once. */
export interface Taste {
  items: Uint32Array;
  values: Float32Array;
  times: Float64Array | null;
  /** Who it is of those that the model was fitted to, for models that know more of people than their events. */
  user?: number;
  /** What is known of somebody besides, where the model wasn't fitted to them. */
  facts?: Facts;
}

export function tasteOf({ starts, indices, values, times }: Interactions, user: number): Taste {
  const from = starts[user] ?? 0;
  const to = starts[user + 1] ?? from;
  return {
    user,
    items: indices.subarray(from, to),
    values: values.subarray(from, to),
    times: times?.subarray(from, to) ?? null,
  };
}
