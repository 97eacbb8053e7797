/**
 * Whole sequences of LSTM and GRU on WebGPU: a workgroup goes through all steps of a row, its state in workgroup
 * memory. Layouts are recurrent/assembly.ts's. Rows need each other only in the kernels' gradients, which are products.
 */
import { NoPlan } from '../plan/layer-plan.ts';
import type { Arguments, Pass, Shaders } from '../webgpu/shader.ts';

const threads = 256;
/** Workgroup memory, 16 kB at least, holds a state of so many, and four gates' slopes. */
const mostUnits = 512;

/** @throws NoPlan */
function noSpare({ units = 0 }: Arguments): number {
  if (units > mostUnits) throw new NoPlan(`${units} units are more than ${mostUnits}`);
  return 0;
}

/** @param setup what precedes the steps; @param step of one, after which all threads wait */
function sequencePass(name: string, memory: string, setup: string, step: string): Pass {
  return {
    name,
    code: `
fn logistic(x: f32) -> f32 { return 1.0 / (1.0 + exp(min(-x, 80.0))); }
fn hyperbolic(x: f32) -> f32 {
  let size = abs(x);
  if (size < 0.01) { return x - x * x * x / 3.0; }
  return sign(x) * (1.0 - 2.0 / (exp(min(2.0 * size, 80.0)) + 1.0));
}
${memory}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let row = i32(group.x);
  let first = i32(index);
  let units = p.units;
  let state = p.rows * units;
  let own = row * units;
  ${setup}
  for (var i = 0; i < p.steps; i++) {
    ${step}
    storageBarrier();
    workgroupBarrier();
  }
}
`,
    workgroups: ({ rows = 0 }: Arguments) => [rows],
  };
}

const each = (count: string, body: string) =>
  `for (var k = first; k < ${count}; k += ${threads}) {\n      ${body}\n    }`;

/** Where the step and its states lie. @param order of the way through: forward in time for the pass that isn't backward */
const places = (gates: number, isGradient: boolean) => `
    let isFromEnd = ${isGradient ? 'p.isBackward == 0' : 'p.isBackward != 0'};
    let step = select(i, p.steps - 1 - i, isFromEnd);
    let before = select(step, step + 1, p.isBackward != 0) * state + own;
    let after = select(step + 1, step, p.isBackward != 0) * state + own;
    let wide = ${gates} * units;
    let here = (step * p.rows + row) * wide;
    let isStep = p.mask == 0 || heap[p.mask + row * p.steps + step] != 0.0;`;

/** Σ over the hidden state by a column of the recurrent kernel. */
const product = `var sum = 0.0;
      for (var j = 0; j < units; j++) { sum += hidden[j] * heap[p.recurrent + j * wide + k]; }`;

/** The slopes of all gates go back through the recurrent kernel, a gate's share at a time, then all are summed. */
const back = (gates: number) => `workgroupBarrier();
    ${each(
      'wide',
      `let gate = k / units;
      let unit = k - gate * units;
      var sum = 0.0;
      for (var j = 0; j < units; j++) {
        sum += slopes[gate * units + j] * heap[p.recurrent + unit * wide + gate * units + j];
      }
      shares[k] = sum;`,
    )}
    workgroupBarrier();
    ${each(
      'units',
      `var sum = heap[p.slope + own + k];
      for (var gate = 0; gate < ${gates}; gate++) { sum += shares[gate * units + k]; }
      heap[p.slope + own + k] = sum;`,
    )}`;

const gradientMemory = (gates: number) => `
var<workgroup> slopes: array<f32, ${gates * mostUnits}>;
var<workgroup> shares: array<f32, ${gates * mostUnits}>;`;

const startOfSlope = each(
  'units',
  `heap[p.slope + own + k] = select(0.0, heap[p.outer + own + k], p.isOfLast != 0);`,
);

const hiddenMemory = `var<workgroup> hidden: array<f32, ${mostUnits}>;`;
const startOfHidden = each(
  'units',
  `hidden[k] = 0.0;
      heap[p.hidden + select(0, p.steps, p.isBackward != 0) * state + own + k] = 0.0;`,
);

export const recurrentShaders = {
  lstm: {
    parameters: [
      ...['gates', 'recurrent', 'hidden', 'cell', 'mask', 'steps', 'rows', 'units', 'isBackward'],
    ],
    places: ['gates', 'recurrent', 'hidden', 'cell', 'mask'],
    spare: noSpare,
    passes: [
      sequencePass(
        'LSTM',
        hiddenMemory,
        `${startOfHidden}
    ${each('units', 'heap[p.cell + select(0, p.steps, p.isBackward != 0) * state + own + k] = 0.0;')}
    workgroupBarrier();`,
        `${places(4, false)}
    ${each('wide', `${product}\n      heap[p.gates + here + k] += sum;`)}
    storageBarrier();
    workgroupBarrier();
    ${each(
      'units',
      `let c = heap[p.cell + before + k];
      if (!isStep) {
        heap[p.cell + after + k] = c;
        heap[p.hidden + after + k] = hidden[k];
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
      hidden[k] = h;`,
    )}`,
      ),
    ],
  },
  lstmGradient: {
    parameters: [
      ...['gates', 'recurrent', 'cell', 'mask', 'outer', 'isOfLast', 'slope', 'cellSlope'],
      ...['steps', 'rows', 'units', 'isBackward'],
    ],
    places: ['gates', 'recurrent', 'cell', 'mask', 'outer', 'slope', 'cellSlope'],
    spare: noSpare,
    passes: [
      sequencePass(
        'LSTM gradient',
        gradientMemory(4),
        `${startOfSlope}
  ${each('units', 'heap[p.cellSlope + own + k] = 0.0;')}`,
        `${places(4, true)}
    ${each(
      'units',
      `var h = heap[p.slope + own + k];
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
        heap[z + gate * units] = turned[gate];
        slopes[gate * units + k] = turned[gate];
      }`,
    )}
    ${back(4)}`,
      ),
    ],
  },
  gru: {
    parameters: [
      ...['gates', 'recurrent', 'recurrentBias', 'inner', 'hidden', 'mask', 'steps', 'rows'],
      ...['units', 'isBackward'],
    ],
    places: ['gates', 'recurrent', 'recurrentBias', 'inner', 'hidden', 'mask'],
    spare: noSpare,
    passes: [
      sequencePass(
        'GRU',
        hiddenMemory,
        `${startOfHidden}
    workgroupBarrier();`,
        `${places(3, false)}
    ${each('wide', `${product}\n      heap[p.inner + here + k] = sum + heap[p.recurrentBias + k];`)}
    storageBarrier();
    workgroupBarrier();
    ${each(
      'units',
      `let h = hidden[k];
      if (!isStep) { heap[p.hidden + after + k] = h; continue; }
      let z = p.gates + here + k;
      let r = p.inner + here + k;
      let turn = logistic(heap[z] + heap[r]);
      let reset = logistic(heap[z + units] + heap[r + units]);
      let fresh = hyperbolic(heap[z + 2 * units] + reset * heap[r + 2 * units]);
      heap[z] = turn;
      heap[z + units] = reset;
      heap[z + 2 * units] = fresh;
      let next = turn * h + (1.0 - turn) * fresh;
      heap[p.hidden + after + k] = next;
      hidden[k] = next;`,
    )}`,
      ),
    ],
  },
  gruGradient: {
    parameters: [
      ...['gates', 'recurrent', 'inner', 'hidden', 'mask', 'outer', 'isOfLast', 'slope'],
      ...['steps', 'rows', 'units', 'isBackward'],
    ],
    places: ['gates', 'recurrent', 'inner', 'hidden', 'mask', 'outer', 'slope'],
    spare: noSpare,
    passes: [
      sequencePass(
        'GRU gradient',
        gradientMemory(3),
        startOfSlope,
        `${places(3, true)}
    ${each(
      'units',
      `var h = heap[p.slope + own + k];
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
        slopes[gate * units + k] = inner;
      }`,
    )}
    ${back(3)}`,
      ),
    ],
  },
} satisfies Shaders;
