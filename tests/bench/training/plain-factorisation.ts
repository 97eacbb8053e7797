/** A step of a matrix factorisation by squared error, as plain loops. */
import { factorisation, type Ratings } from './networks.ts';
import { plainAdam } from './plain-adam.ts';

/** @param tables users, items and their biases. @returns takes a step by the rows from there on; gives the mean loss */
export function plainFactorisation(
  { users, items, values }: Ratings,
  tables: readonly Float32Array[],
  batch: number,
): (from: number) => number {
  const { factors, constant } = factorisation;
  const gradients = tables.map((table) => new Float32Array(table.length));
  const [p, q, b, c] = tables as Tables;
  const [dp, dq, db, dc] = gradients as Tables;
  const update = plainAdam(tables, gradients);
  return (start) => {
    let squares = 0;
    for (let row = start; row < start + batch; row++) {
      const [user, item] = [users[row] ?? 0, items[row] ?? 0];
      let answer = constant + (b[user] ?? 0) + (c[item] ?? 0);
      for (let k = 0; k < factors; k++)
        answer += (p[user * factors + k] ?? 0) * (q[item * factors + k] ?? 0);
      const error = answer - (values[row] ?? 0);
      squares += error * error;
      const slope = (2 * error) / batch;
      db[user] = (db[user] ?? 0) + slope;
      dc[item] = (dc[item] ?? 0) + slope;
      for (let k = 0; k < factors; k++) {
        const [i, j] = [user * factors + k, item * factors + k];
        dp[i] = (dp[i] ?? 0) + slope * (q[j] ?? 0);
        dq[j] = (dq[j] ?? 0) + slope * (p[i] ?? 0);
      }
    }
    update();
    return squares / batch;
  };
}

type Tables = [Float32Array, Float32Array, Float32Array, Float32Array];
