/**
 * Rows ordered by a score, best first, and the areas that such an order has. Sorted once, walked once
 * a bootstrap resample. Not here: the curves as drawn (curves.ts).
 */
export interface Ranking {
  /** Row numbers by falling score. */
  order: Uint32Array;
  /** 1 where the row is positive, by place in `order`. */
  positive: Uint8Array;
  /** 1 where the next place has another score: tied rows are judged together. */
  lastOfTie: Uint8Array;
}

/** @param scores probabilities, or any finite numbers ≥ 0; row i's is at `offset + i * stride`. */
export function rank(
  scores: Float32Array,
  isPositive: (row: number) => boolean,
  rows: number,
  offset = 0,
  stride = 1,
): Ranking {
  const keys = new Float32Array(rows);
  for (let i = 0; i < rows; i++) keys[i] = (scores[offset + i * stride] ?? 0) + 0; // −0 becomes 0
  const order = orderDescending(keys);
  const positive = new Uint8Array(rows);
  const lastOfTie = new Uint8Array(rows);
  for (let place = 0; place < rows; place++) {
    const row = order[place] ?? 0;
    positive[place] = isPositive(row) ? 1 : 0;
    const next = order[place + 1];
    lastOfTie[place] = next === undefined || keys[next] !== keys[row] ? 1 : 0;
  }
  return { order, positive, lastOfTie };
}

export interface RankAreas {
  /** Area under the ROC curve: P(a positive scores above a negative), ties counting half. NaN without both. */
  roc: number;
  /** Average precision, Σ (Rᵢ − Rᵢ₋₁) Pᵢ over thresholds. NaN without a positive. */
  precision: number;
}

/** @param weights how often each row counts; once where absent. */
export function rankAreas(
  { order, positive, lastOfTie }: Ranking,
  weights?: Uint16Array,
): RankAreas {
  let [positives, negatives, tiedPositives, tiedNegatives, pairs, precision] = [0, 0, 0, 0, 0, 0];
  for (let place = 0; place < order.length; place++) {
    const weight = weights ? (weights[order[place] ?? 0] ?? 0) : 1;
    if (positive[place] === 1) tiedPositives += weight;
    else tiedNegatives += weight;
    if (lastOfTie[place] === 0) continue;
    pairs += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    if (tiedPositives > 0) precision += (tiedPositives * positives) / (positives + negatives);
    tiedPositives = tiedNegatives = 0;
  }
  return { roc: pairs / (positives * negatives), precision: precision / positives };
}

/** Radix sort on the bits, which for floats ≥ 0 are in the order of their values. Stable. */
function orderDescending(keys: Float32Array): Uint32Array {
  const digitBits = 11;
  const bits = new Uint32Array(keys.buffer, keys.byteOffset, keys.length);
  let order = Uint32Array.from(keys.keys());
  let sorted = new Uint32Array(keys.length);
  const starts = new Uint32Array(2 ** digitBits + 1);
  for (let shift = 0; shift < 32; shift += digitBits) {
    const digit = (row: number) => 2 ** digitBits - 1 - (((bits[row] ?? 0) >>> shift) & 0x7ff);
    starts.fill(0);
    for (const row of order) {
      const next = digit(row) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let d = 1; d < starts.length; d++) starts[d] = (starts[d] ?? 0) + (starts[d - 1] ?? 0);
    for (const row of order) {
      const d = digit(row);
      const place = starts[d] ?? 0;
      sorted[place] = row;
      starts[d] = place + 1;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}
