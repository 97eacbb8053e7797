/**
 * Activations and their derivatives, element by element, float32. AssemblyScript. Kinds are the places in
 * models/spec.ts's list: linear, relu, leaky-relu, elu, gelu, silu, sigmoid, tanh, softplus.
 */
const leak: f32 = 0.01;
const geluScale: f32 = 0.7978845608028654; // √(2/π)
const geluCubic: f32 = 0.044715;

/** z [rows, columns] += bias [columns]; y = activation(z). y may be z where the activation is linear. */
export function biasActivate(
  z: usize,
  bias: usize,
  y: usize,
  rows: i32,
  columns: i32,
  kind: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const from = z + ((<usize>(row * columns)) << 2);
    const to = y + ((<usize>(row * columns)) << 2);
    for (let i = 0; i < columns; i++) {
      const at = (<usize>i) << 2;
      let value = load<f32>(from + at);
      if (bias != 0) {
        value += load<f32>(bias + at);
        store<f32>(from + at, value);
      }
      store<f32>(to + at, activated(value, kind));
    }
  }
}

/** gradient ← gradient · activation′(z), in place; `y` is what the activation gave. */
export function activationGradient(
  z: usize,
  y: usize,
  gradient: usize,
  count: i32,
  kind: i32,
): void {
  if (kind == 0) return;
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const slope = slopeAt(load<f32>(z + at), load<f32>(y + at), kind);
    store<f32>(gradient + at, load<f32>(gradient + at) * slope);
  }
}

/** a ← a · b, element by element: a dropout's mask. */
export function multiply(a: usize, b: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    store<f32>(a + at, load<f32>(a + at) * load<f32>(b + at));
  }
}

function activated(x: f32, kind: i32): f32 {
  switch (kind) {
    case 1:
      return max<f32>(x, 0);
    case 2:
      return x > 0 ? x : leak * x;
    case 3:
      return x >= 0 ? x : Mathf.exp(x) - 1;
    case 4:
      return 0.5 * x * (1 + Mathf.tanh(geluScale * (x + geluCubic * x * x * x)));
    case 5:
      return x * sigmoid(x);
    case 6:
      return sigmoid(x);
    case 7:
      return Mathf.tanh(x);
    case 8:
      return softplus(x);
    default:
      return x;
  }
}

function slopeAt(x: f32, y: f32, kind: i32): f32 {
  switch (kind) {
    case 1:
      return x > 0 ? 1 : 0;
    case 2:
      return x > 0 ? 1 : leak;
    case 3:
      return x >= 0 ? 1 : y + 1;
    case 4: {
      const t = Mathf.tanh(geluScale * (x + geluCubic * x * x * x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluScale * (1 + 3 * geluCubic * x * x);
    }
    case 5: {
      const s = sigmoid(x);
      return s * (1 + x * (1 - s));
    }
    case 6:
      return y * (1 - y);
    case 7:
      return 1 - y * y;
    case 8:
      return sigmoid(x);
    default:
      return 1;
  }
}

export function sigmoid(x: f32): f32 {
  return 1 / (1 + Mathf.exp(-x));
}

function softplus(x: f32): f32 {
  return max<f32>(x, 0) + Mathf.log1p(Mathf.exp(-Mathf.abs(x)));
}
