/**
 * Whole sequences of LSTM and GRU on WebGPU: a workgroup goes through all steps of a row, its state in workgroup
 * memory. Layouts are recurrent/assembly.ts's. Rows need each other only in the kernels' gradients, which are products.
 * States that are too large for that go step by step (stepwise.ts).
 */
import type { Arguments, Pass, Recording, Shader, Shaders } from '../webgpu/shader.ts';
import {
  cellCode,
  gruGradientUnit,
  gruUnit,
  lstmGradientUnit,
  lstmUnit,
  placesOf,
} from './units.ts';
import { gruGradientSteps, gruSteps, lstmGradientSteps, lstmSteps } from './stepwise.ts';

const threads = 256;
/** Workgroup memory, 16 kB at least, holds a state of so many, and four gates' slopes. */
const mostUnits = 512;

/** @param noteSteps notes the calls of single steps, for more units */
function sequenceOf(
  parameters: readonly string[],
  noteSteps: (values: readonly number[], recording: Recording) => void,
): Pick<Shader, 'parameters' | 'instead'> {
  const unitsAt = parameters.indexOf('units');
  return {
    parameters,
    instead(values, recording) {
      if ((values[unitsAt] ?? 0) <= mostUnits) return false;
      noteSteps(values, recording);
      return true;
    },
  };
}

/** @param setup what precedes the steps; @param step of one, after which all threads wait */
function sequencePass(name: string, memory: string, setup: string, step: string): Pass {
  return {
    name,
    code: `${cellCode}
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
    ${placesOf(gates)}`;

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
    ...sequenceOf(
      [...['gates', 'recurrent', 'hidden', 'cell', 'mask', 'steps', 'rows', 'units', 'isBackward']],
      lstmSteps,
    ),
    places: ['gates', 'recurrent', 'hidden', 'cell', 'mask'],
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
    ${each('units', lstmUnit('hidden[k] = h;'))}`,
      ),
    ],
  },
  lstmGradient: {
    ...sequenceOf(
      [
        ...['gates', 'recurrent', 'cell', 'mask', 'outer', 'isOfLast', 'slope', 'cellSlope'],
        ...['steps', 'rows', 'units', 'isBackward'],
      ],
      lstmGradientSteps,
    ),
    places: ['gates', 'recurrent', 'cell', 'mask', 'outer', 'slope', 'cellSlope'],
    passes: [
      sequencePass(
        'LSTM gradient',
        gradientMemory(4),
        `${startOfSlope}
  ${each('units', 'heap[p.cellSlope + own + k] = 0.0;')}`,
        `${places(4, true)}
    ${each('units', lstmGradientUnit('slopes[gate * units + k] = inner;'))}
    ${back(4)}`,
      ),
    ],
  },
  gru: {
    ...sequenceOf(
      [
        ...['gates', 'recurrent', 'recurrentBias', 'inner', 'hidden', 'mask', 'steps', 'rows'],
        ...['units', 'isBackward'],
      ],
      gruSteps,
    ),
    places: ['gates', 'recurrent', 'recurrentBias', 'inner', 'hidden', 'mask'],
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
    ${each('units', gruUnit('hidden[k] = h;'))}`,
      ),
    ],
  },
  gruGradient: {
    ...sequenceOf(
      [
        ...['gates', 'recurrent', 'inner', 'hidden', 'mask', 'outer', 'isOfLast', 'slope'],
        ...['steps', 'rows', 'units', 'isBackward'],
      ],
      gruGradientSteps,
    ),
    places: ['gates', 'recurrent', 'inner', 'hidden', 'mask', 'outer', 'slope'],
    passes: [
      sequencePass(
        'GRU gradient',
        gradientMemory(3),
        startOfSlope,
        `${places(3, true)}
    ${each('units', gruGradientUnit('slopes[gate * units + k] = inner;'))}
    ${back(3)}`,
      ),
    ],
  },
} satisfies Shaders;
