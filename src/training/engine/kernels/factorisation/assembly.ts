/**
 * Matrix factorisation: what a user makes of an item is userFactors · itemFactors + both biases + a constant
 * (Koren, Bell and Volinsky 2009). AssemblyScript. One pass over the batch: answers, losses and all gradients.
 * Users and items are float32 that hold whole numbers; gradients are added to what is there.
 */
import { exp1, floats, loadUpTo4, log1, madd, storeUpTo4, sumOf } from '../lanes/assembly';

// @ts-ignore: decorator
@inline
function rowAt(indices: usize, i: i32, rows: i32): i32 {
  return min(max(<i32>load<f32>(indices + floats(i)), 0), rows - 1);
}

function dot(a: usize, b: usize, factors: i32): f32 {
  let sums = f32x4.splat(0);
  for (let k = 0; k < factors; k += 4) {
    const at = floats(k);
    sums = madd(loadUpTo4(a + at, factors - k), loadUpTo4(b + at, factors - k), sums);
  }
  return sumOf(sums);
}

/** to += slope · from */
function addScaled(to: usize, from: usize, slope: f32, factors: i32): void {
  const slopes = f32x4.splat(slope);
  for (let k = 0; k < factors; k += 4) {
    const at = floats(k);
    const left = factors - k;
    storeUpTo4(to + at, madd(slopes, loadUpTo4(from + at, left), loadUpTo4(to + at, left)), left);
  }
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
}

/**
 * Σ weight · (answer − value)², and the gradients of that sum times `scale`.
 * @param table [users, factors] then [items, factors] then [users] then [items]; so its gradient
 */
export function factoriseValues(
  users: usize,
  items: usize,
  values: usize,
  weights: usize,
  table: usize,
  gradient: usize,
  count: i32,
  userCount: i32,
  itemCount: i32,
  factors: i32,
  constant: f32,
  scale: f32,
): f32 {
  const itemTable = floats(userCount * factors);
  const userBias = itemTable + floats(itemCount * factors);
  const itemBias = userBias + floats(userCount);
  let total: f32 = 0;
  for (let i = 0; i < count; i++) {
    const user = rowAt(users, i, userCount);
    const item = rowAt(items, i, itemCount);
    const u = floats(user * factors);
    const v = itemTable + floats(item * factors);
    const answer =
      dot(table + u, table + v, factors) +
      load<f32>(table + userBias + floats(user)) +
      load<f32>(table + itemBias + floats(item)) +
      constant;
    const error = answer - load<f32>(values + floats(i));
    const weight = load<f32>(weights + floats(i));
    total += weight * error * error;
    const slope = scale * weight * 2 * error;
    addScaled(gradient + u, table + v, slope, factors);
    addScaled(gradient + v, table + u, slope, factors);
    addTo(gradient + userBias + floats(user), slope);
    addTo(gradient + itemBias + floats(item), slope);
  }
  return total;
}

/**
 * Bayesian personalised ranking (Rendle et al. 2009): Σ weight · −log σ(answer to `items` − answer to `others`), and
 * the gradients of that sum times `scale`. Users' biases and the constant cancel out.
 */
export function factorisePairs(
  users: usize,
  items: usize,
  others: usize,
  weights: usize,
  table: usize,
  gradient: usize,
  count: i32,
  userCount: i32,
  itemCount: i32,
  factors: i32,
  scale: f32,
): f32 {
  const itemTable = floats(userCount * factors);
  const itemBias = itemTable + floats(itemCount * factors) + floats(userCount);
  let total: f32 = 0;
  for (let i = 0; i < count; i++) {
    const user = rowAt(users, i, userCount);
    const item = rowAt(items, i, itemCount);
    const other = rowAt(others, i, itemCount);
    const u = floats(user * factors);
    const v = itemTable + floats(item * factors);
    const w = itemTable + floats(other * factors);
    const difference =
      dot(table + u, table + v, factors) -
      dot(table + u, table + w, factors) +
      load<f32>(table + itemBias + floats(item)) -
      load<f32>(table + itemBias + floats(other));
    const weight = load<f32>(weights + floats(i));
    const power = exp1(-abs<f32>(difference));
    total += weight * (max<f32>(-difference, 0) + log1(<f32>1 + power));
    const share: f32 = (difference >= 0 ? power : <f32>1) / (<f32>1 + power);
    const slope = -scale * weight * share;
    addScaled(gradient + u, table + v, slope, factors);
    addScaled(gradient + u, table + w, -slope, factors);
    addScaled(gradient + v, table + u, slope, factors);
    addScaled(gradient + w, table + u, -slope, factors);
    addTo(gradient + itemBias + floats(item), slope);
    addTo(gradient + itemBias + floats(other), -slope);
  }
  return total;
}
