/** Activations in WGSL, and the ending of a product: y = activation(z + bias), where the product is written anyway. */

/** As activation/assembly.ts has them, by the same kinds. */
export const activationCode = `
fn logistic(x: f32) -> f32 { return 1.0 / (1.0 + exp(min(-x, 80.0))); }
fn hyperbolic(x: f32) -> f32 {
  let size = abs(x);
  if (size >= 0.625) { return sign(x) * (1.0 - 2.0 / (exp(min(2.0 * size, 80.0)) + 1.0)); }
  let z = x * x;
  var q = -5.70498872745e-3;
  q = q * z + 2.06390887954e-2;
  q = q * z - 5.37397155531e-2;
  q = q * z + 1.33314422036e-1;
  q = q * z - 3.33332819422e-1;
  return q * z * x + x;
}
fn twiceGeluInner(x: f32) -> f32 { return 2.0 * 0.7978845608028654 * x * (1.0 + 0.044715 * x * x); }
fn activated(x: f32, kind: i32) -> f32 {
  switch (kind) {
    case 1: { return select(x, 0.0, x <= 0.0); }
    case 2: { return select(0.01 * x, x, x > 0.0); }
    case 3: { return select(exp(min(x, 0.0)) - 1.0, x, x >= 0.0); }
    case 4: { return x * logistic(twiceGeluInner(x)); }
    case 5: { return x * logistic(x); }
    case 6: { return logistic(x); }
    case 7: { return hyperbolic(x); }
    case 8: { return max(x, 0.0) + log(1.0 + exp(-abs(x))); }
    default: { return x; }
  }
}
/** z is used for GELU and SiLU alone. */
fn slopeOf(z: f32, y: f32, kind: i32) -> f32 {
  switch (kind) {
    case 1: { return select(0.0, 1.0, y > 0.0); }
    case 2: { return select(0.01, 1.0, y > 0.0); }
    case 3: { return select(y + 1.0, 1.0, y >= 0.0); }
    case 4: {
      let s = logistic(twiceGeluInner(z));
      let rise = 2.0 * 0.7978845608028654 * (1.0 + 3.0 * 0.044715 * z * z);
      return s * (1.0 + z * (1.0 - s) * rise);
    }
    case 5: { let s = logistic(z); return s * (1.0 + z * (1.0 - s)); }
    case 6: { return y * (1.0 - y); }
    case 7: { return 1.0 - y * y; }
    case 8: { return 1.0 - exp(-y); }
    default: { return 1.0; }
  }
}
`;

/** Writes one element of a product [m, n] at c, whose rows lie rowsC apart. */
export const endingCode = `${activationCode}
fn finish(row: i32, column: i32, sum: f32) {
  let at = row * p.rowsC + column;
  var z = sum;
  if (p.accumulate != 0) { z += heap[p.c + at]; }
  if (p.endBias != 0) { z += heap[p.endBias + column]; }
  if (p.endKind == 0) { heap[p.c + at] = z; return; }
  if (p.endPlace != p.c) { heap[p.c + at] = z; }
  heap[p.endPlace + at] = activated(z, p.endKind);
}
`;
