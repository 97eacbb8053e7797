/**
 * LSTM and GRU on WebGPU step by step, a product and what follows it a step: for states that one workgroup's memory
 * doesn't hold. Calls are recurrent/assembly.ts's, places in bytes.
 */
import { each, type Recording, type Shader } from '../webgpu/shader.ts';
import {
  cellCode,
  gruGradientUnit,
  gruUnit,
  lstmGradientUnit,
  lstmUnit,
  placesOf,
} from './units.ts';

/** One step for all rows. @param places the parameters that are places, which come first */
function stepShader(name: string, places: string[], flags: string[], gates: number, unit: string) {
  return {
    parameters: [...places, ...flags, 'steps', 'rows', 'units', 'isBackward', 'step'],
    places,
    passes: [
      each(
        name,
        ['rows', 'units'],
        `let units = p.units;
    let row = i / units;
    let k = i - row * units;
    let own = row * units;
    let state = p.rows * units;
    let step = p.step;
    ${placesOf(gates)}
    ${unit}`,
        cellCode,
      ),
    ],
  } satisfies Shader;
}

const lstmStep = stepShader('LSTM, a step', ['gates', 'hidden', 'cell', 'mask'], [], 4, lstmUnit());
const lstmGradientStep = stepShader(
  'LSTM gradient, a step',
  ['gates', 'cell', 'mask', 'outer', 'slope', 'cellSlope'],
  ['isOfLast'],
  4,
  lstmGradientUnit(),
);
const gruStep = stepShader('GRU, a step', ['gates', 'inner', 'hidden', 'mask'], [], 3, gruUnit());
const gruGradientStep = stepShader(
  'GRU gradient, a step',
  ['gates', 'inner', 'hidden', 'mask', 'outer', 'slope'],
  ['isOfLast'],
  3,
  gruGradientUnit(),
);

interface Sequence {
  steps: number;
  rows: number;
  units: number;
  /** Numbers of all gates of a row. */
  wide: number;
  isBackward: number;
}

/** In time, or against it. */
function orderOf({ steps, isBackward }: Sequence, isGradient: boolean): number[] {
  const order = Array.from({ length: steps }, (_, i) => i);
  return (isBackward !== 0) === isGradient ? order : order.reverse();
}

/** Where a step's gates begin, and the state that it starts from, in bytes from where all begin. */
function offsetsOf({ rows, units, wide, isBackward }: Sequence, step: number) {
  const before = isBackward === 0 ? step : step + 1;
  return { gates: 4 * step * rows * wide, before: 4 * before * rows * units };
}

/** Where the state lies that the sequence starts from. */
const startOf = ({ steps, rows, units, isBackward }: Sequence) =>
  isBackward === 0 ? 0 : 4 * steps * rows * units;

export function lstmSteps(values: readonly number[], recording: Recording) {
  const { kernels } = recording;
  const [gates = 0, recurrent = 0, hidden = 0, cell = 0, mask = 0] = values;
  const [steps = 0, rows = 0, units = 0, isBackward = 0] = values.slice(5);
  const sequence = { steps, rows, units, wide: 4 * units, isBackward };
  const { wide } = sequence;
  kernels.clear(hidden + startOf(sequence), rows * units);
  kernels.clear(cell + startOf(sequence), rows * units);
  for (const step of orderOf(sequence, false)) {
    const at = offsetsOf(sequence, step);
    kernels.gemm(
      ...([hidden + at.before, units, 1, recurrent, wide, 1, gates + at.gates, wide] as const),
      ...([rows, wide, units, 1, 0] as const),
    );
    recording.record('lstmStep', lstmStep, [
      ...[gates, hidden, cell, mask, steps, rows, units, isBackward, step],
    ]);
  }
}

export function lstmGradientSteps(values: readonly number[], recording: Recording) {
  const { kernels } = recording;
  const [gates = 0, recurrent = 0, cell = 0, mask = 0, outer = 0, isOfLast = 0] = values;
  const [slope = 0, cellSlope = 0, steps = 0, rows = 0, units = 0, isBackward = 0] =
    values.slice(6);
  const sequence = { steps, rows, units, wide: 4 * units, isBackward };
  kernels.clear(cellSlope, rows * units);
  startSlope(kernels, slope, isOfLast === 0 ? 0 : outer, rows * units);
  for (const step of orderOf(sequence, true)) {
    recording.record('lstmGradientStep', lstmGradientStep, [
      ...[gates, cell, mask, outer, slope, cellSlope, isOfLast],
      ...[steps, rows, units, isBackward, step],
    ]);
    turnBack(kernels, gates + offsetsOf(sequence, step).gates, recurrent, slope, sequence);
  }
}

export function gruSteps(values: readonly number[], recording: Recording) {
  const { kernels } = recording;
  const [gates = 0, recurrent = 0, recurrentBias = 0, inner = 0, hidden = 0, mask = 0] = values;
  const [steps = 0, rows = 0, units = 0, isBackward = 0] = values.slice(6);
  const sequence = { steps, rows, units, wide: 3 * units, isBackward };
  const { wide } = sequence;
  kernels.clear(hidden + startOf(sequence), rows * units);
  for (const step of orderOf(sequence, false)) {
    const at = offsetsOf(sequence, step);
    kernels.gemm(
      ...([hidden + at.before, units, 1, recurrent, wide, 1, inner + at.gates, wide] as const),
      ...([rows, wide, units, 0, 0] as const),
    );
    kernels.addBias(inner + at.gates, recurrentBias, rows, wide);
    recording.record('gruStep', gruStep, [
      ...[gates, inner, hidden, mask, steps, rows, units, isBackward, step],
    ]);
  }
}

export function gruGradientSteps(values: readonly number[], recording: Recording) {
  const { kernels } = recording;
  const [gates = 0, recurrent = 0, inner = 0, hidden = 0, mask = 0, outer = 0] = values;
  const [isOfLast = 0, slope = 0, steps = 0, rows = 0, units = 0, isBackward = 0] = values.slice(6);
  const sequence = { steps, rows, units, wide: 3 * units, isBackward };
  startSlope(kernels, slope, isOfLast === 0 ? 0 : outer, rows * units);
  for (const step of orderOf(sequence, true)) {
    recording.record('gruGradientStep', gruGradientStep, [
      ...[gates, inner, hidden, mask, outer, slope, isOfLast],
      ...[steps, rows, units, isBackward, step],
    ]);
    turnBack(kernels, inner + offsetsOf(sequence, step).gates, recurrent, slope, sequence);
  }
}

/** @param outer where the last state's slope lies; 0 where each step adds its own */
function startSlope(kernels: Recording['kernels'], slope: number, outer: number, count: number) {
  if (outer === 0) kernels.clear(slope, count);
  else kernels.copy(outer, slope, count);
}

/** The slopes of a step's gates go back through the recurrent kernel, and are added to the state's. */
function turnBack(
  kernels: Recording['kernels'],
  gates: number,
  recurrent: number,
  slope: number,
  { rows, units, wide }: Sequence,
) {
  kernels.gemm(
    ...([gates, wide, 1, recurrent, 1, wide, slope, units, rows, units, wide, 1, 0] as const),
  );
}
