/**
 * What a step of LSTM and GRU does for one unit `k` of one `row`, in WGSL, as recurrent/assembly.ts has it. `step`,
 * `row`, `units`, `own` (row · units) and `state` (rows · units) are given; `placesOf` gives the rest.
 */

export const cellCode = `
fn logistic(x: f32) -> f32 { return 1.0 / (1.0 + exp(min(-x, 80.0))); }
fn hyperbolic(x: f32) -> f32 {
  let size = abs(x);
  if (size < 0.01) { return x - x * x * x / 3.0; }
  return sign(x) * (1.0 - 2.0 / (exp(min(2.0 * size, 80.0)) + 1.0));
}`;

/** Where the step and its states lie. */
export const placesOf = (gates: number) => `
    let before = select(step, step + 1, p.isBackward != 0) * state + own;
    let after = select(step + 1, step, p.isBackward != 0) * state + own;
    let wide = ${gates} * units;
    let here = (step * p.rows + row) * wide;
    let isStep = p.mask == 0 || heap[p.mask + row * p.steps + step] != 0.0;`;

/** @param keep WGSL that is given the new state as `h` */
export const lstmUnit = (keep = '') => `let c = heap[p.cell + before + k];
      if (!isStep) {
        heap[p.cell + after + k] = c;
        heap[p.hidden + after + k] = heap[p.hidden + before + k];
        continue;
      }
      let z = p.gates + here + k;
      let input = logistic(heap[z]);
      let forget = logistic(heap[z + units]);
      let fresh = hyperbolic(heap[z + 2 * units]);
      let output = logistic(heap[z + 3 * units]);
      let next = forget * c + input * fresh;
      let h = output * hyperbolic(next);
      heap[z] = input;
      heap[z + units] = forget;
      heap[z + 2 * units] = fresh;
      heap[z + 3 * units] = output;
      heap[p.cell + after + k] = next;
      heap[p.hidden + after + k] = h;
      ${keep}`;

/** @param keep WGSL that is given each `gate`'s slope as `inner` */
export const lstmGradientUnit = (keep = '') => `var h = heap[p.slope + own + k];
      if (p.isOfLast == 0) { h += heap[p.outer + step * state + own + k]; }
      let z = p.gates + here + k;
      var turned = vec4f();
      if (isStep) {
        let input = heap[z];
        let forget = heap[z + units];
        let fresh = heap[z + 2 * units];
        let output = heap[z + 3 * units];
        let bent = hyperbolic(heap[p.cell + after + k]);
        let c = h * output * (1.0 - bent * bent) + heap[p.cellSlope + own + k];
        turned = vec4f(
          c * fresh * input * (1.0 - input),
          c * heap[p.cell + before + k] * forget * (1.0 - forget),
          c * input * (1.0 - fresh * fresh),
          h * bent * output * (1.0 - output),
        );
        heap[p.cellSlope + own + k] = c * forget;
        h = 0.0;
      }
      // At padding what comes back goes on as it is.
      heap[p.slope + own + k] = h;
      for (var gate = 0; gate < 4; gate++) {
        let inner = turned[gate];
        heap[z + gate * units] = inner;
        ${keep}
      }`;

/** @param keep as lstmUnit's */
export const gruUnit = (keep = '') => `let held = heap[p.hidden + before + k];
      if (!isStep) { heap[p.hidden + after + k] = held; continue; }
      let z = p.gates + here + k;
      let r = p.inner + here + k;
      let turn = logistic(heap[z] + heap[r]);
      let reset = logistic(heap[z + units] + heap[r + units]);
      let fresh = hyperbolic(heap[z + 2 * units] + reset * heap[r + 2 * units]);
      heap[z] = turn;
      heap[z + units] = reset;
      heap[z + 2 * units] = fresh;
      let h = turn * held + (1.0 - turn) * fresh;
      heap[p.hidden + after + k] = h;
      ${keep}`;

/** @param keep as lstmGradientUnit's */
export const gruGradientUnit = (keep = '') => `var h = heap[p.slope + own + k];
      if (p.isOfLast == 0) { h += heap[p.outer + step * state + own + k]; }
      let z = p.gates + here + k;
      let r = p.inner + here + k;
      var turned = vec3f();
      var reset = 0.0;
      if (isStep) {
        let turn = heap[z];
        reset = heap[z + units];
        let fresh = heap[z + 2 * units];
        let candidate = h * (1.0 - turn) * (1.0 - fresh * fresh);
        turned = vec3f(
          h * (heap[p.hidden + before + k] - fresh) * turn * (1.0 - turn),
          candidate * heap[r + 2 * units] * reset * (1.0 - reset),
          candidate,
        );
        h *= turn;
      }
      heap[p.slope + own + k] = h;
      for (var gate = 0; gate < 3; gate++) {
        let inner = turned[gate] * select(1.0, reset, gate == 2);
        heap[z + gate * units] = turned[gate];
        heap[r + gate * units] = inner;
        ${keep}
      }`;
