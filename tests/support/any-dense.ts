/** Dense layers of any size, any share of whose inputs and slopes is 0: by the kernels, and by their definition. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type { Kernels } from '../../src/training/engine/kernels/kernels.ts';
import { cutCall, prepared, type Call } from '../../src/training/engine/kernels/parts/cuts.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

interface Job {
  inputs: Float32Array[];
  /** Numbers of the result. */
  count: number;
  scratchBytes(kernels: Kernels): number;
  call(inputs: readonly number[], result: number, scratch: number): Call;
}

export interface Computed {
  found: Float32Array<ArrayBuffer>;
  /** Kernels that were called for it. */
  calls: number;
}

const [guard, untouched] = [16, 0.625];

/** @param most operations of a piece; Infinity: all by one kernel */
export function compute(job: Job, most = Infinity): Computed {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const place = (values: Float32Array) => {
    const at = workspace.reserve(values.length + guard);
    workspace.floats.set(values, at / 4);
    return at;
  };
  const ends = new Float32Array(guard).fill(untouched);
  const inputs = job.inputs.map(place);
  const before = place(ends);
  const result = place(new Float32Array(job.count + guard).fill(untouched));
  workspace.needScratch(job.scratchBytes(kernels));
  workspace.placeScratch();
  const after = place(ends);
  const call = job.call(inputs, result, workspace.scratch);
  let calls = 0;
  for (const ready of prepared(call, most))
    for (const { name, values } of cutCall(ready, () => new Int32Array(), most)) {
      (kernels[name] as (...values: readonly number[]) => unknown)(...values);
      calls++;
    }
  const read = (at: number, count: number) => workspace.floats.slice(at / 4, at / 4 + count);
  for (const at of [before, result + 4 * job.count, after])
    expect(read(at, guard), 'nothing else').toEqual(ends);
  return { found: read(result, job.count), calls };
}

export const anyForward = fc.record({
  // Around the rows that are listed, and those that are taken, at a time.
  rows: fc.constantFrom(0, 2, 3, 15, 16, 17, 95, 96, 97, 200),
  // Around the units that are summed, and those that are taken, at a time.
  units: fc.constantFrom(2, 31, 32, 33, 60, 64, 97, 128, 129, 160, 300),
  // Around the fewest inputs that are listed.
  width: fc.constantFrom(1, 3, 17, 23, 24, 25, 27, 64, 130, 385),
  /** Of inputs that aren't 0, of every third row and of the others. */
  shares: fc.tuple(fc.constantFrom(0, 0.2, 1), fc.constantFrom(0, 0.1, 0.3, 0.55, 0.7)),
  hasBias: fc.boolean(),
});
type Forward = typeof anyForward extends fc.Arbitrary<infer T> ? T : never;

function forwardInputs({ rows, units, width, shares }: Forward) {
  const random = new Random(rows + 1000 * units + 7 * width);
  const normal = () => random.normal();
  const x = Float32Array.from({ length: rows * width }, (_, i) => {
    const share = Math.floor(i / width) % 3 === 0 ? shares[0] : shares[1];
    return random.uniform() < share ? random.normal() : 0;
  });
  const kernel = Float32Array.from({ length: width * units }, normal);
  return { x, kernel, bias: Float32Array.from({ length: units }, normal) };
}

interface Sizes {
  rows: number;
  units: number;
  width: number;
}

/** @param inputs x, the kernel, a bias if there is one */
export function forwardJob({ rows, units, width }: Sizes, inputs: Float32Array[]): Job {
  return {
    ...{ inputs, count: rows * units },
    scratchBytes: (kernels) => kernels.denseScratch(rows, units, width),
    call: ([x = 0, kernel = 0, bias = 0], z, scratch) => ({
      name: 'dense',
      values: [x, kernel, bias, z, z, rows, units, width, 0, scratch],
    }),
  };
}

export function computeForward(example: Forward, most: number): Computed {
  const { x, kernel, bias } = forwardInputs(example);
  return compute(forwardJob(example, [x, kernel, ...(example.hasBias ? [bias] : [])]), most);
}

export function expectForward(example: Forward) {
  const { units, width, hasBias } = example;
  const { x, kernel, bias } = forwardInputs(example);
  computeForward(example, Infinity).found.forEach((value, i) => {
    const [row, unit] = [Math.floor(i / units), i % units];
    let expected = hasBias ? (bias[unit] ?? NaN) : 0;
    for (let input = 0; input < width; input++)
      expected += (x[row * width + input] ?? NaN) * (kernel[input * units + unit] ?? NaN);
    expect(Math.abs(value - expected)).toBeLessThan(1e-4);
  });
}

export const anyGradient = fc.record({
  // Around the rows that are listed, and where a product is summed in blocks.
  rows: fc.constantFrom(0, 1, 3, 15, 16, 17, 64, 255, 256, 257, 385, 513, 1025),
  units: fc.constantFrom(1, 3, 4, 17, 32, 40, 61, 128, 131, 290),
  // Around the inputs that are taken at a time.
  width: fc.constantFrom(1, 2, 31, 32, 33, 64, 97, 193, 200),
  /** Of slopes that aren't 0. */
  share: fc.constantFrom(0, 0.2, 0.5, 0.68, 0.72, 1),
  /** The same of the inputs, of each block of 32 another. */
  inputShares: fc.array(fc.constantFrom(0, 0.1, 0.55, 0.65, 1), { minLength: 1, maxLength: 4 }),
});
type Gradient = typeof anyGradient extends fc.Arbitrary<infer T> ? T : never;

function gradientInputs({ rows, units, width, share, inputShares }: Gradient) {
  const random = new Random(rows + 1000 * units + 7 * width);
  const orZero = (of: number) => (random.uniform() < of ? random.normal() : 0);
  const x = Float32Array.from({ length: rows * width }, (_, i) =>
    orZero(inputShares[Math.floor((i % width) / 32) % inputShares.length] ?? 1),
  );
  return { x, slope: Float32Array.from({ length: rows * units }, () => orZero(share)) };
}

/** @param inputs x and the slopes */
export function gradientJob({ rows, units, width }: Sizes, inputs: Float32Array[]): Job {
  return {
    ...{ inputs, count: width * units },
    scratchBytes: (kernels) => kernels.denseGradientScratch(rows, units, width),
    call: ([x = 0, slope = 0], to, scratch) => ({
      name: 'denseKernelGradient',
      values: [x, slope, to, rows, units, width, width, scratch],
    }),
  };
}

export function computeGradient(example: Gradient, most: number): Computed {
  const { x, slope } = gradientInputs(example);
  return compute(gradientJob(example, [x, slope]), most);
}

export function expectGradient(example: Gradient) {
  const { rows, units, width } = example;
  const { x, slope } = gradientInputs(example);
  computeGradient(example, Infinity).found.forEach((value, i) => {
    const [input, unit] = [Math.floor(i / units), i % units];
    let expected = 0;
    for (let row = 0; row < rows; row++)
      expected += (x[row * width + input] ?? NaN) * (slope[row * units + unit] ?? NaN);
    expect(Math.abs(value - expected)).toBeLessThan(1e-5 * Math.max(10, Math.sqrt(rows)));
  });
}

export function expectSameBits(whole: Computed, pieces: Computed) {
  const bits = ({ found }: Computed) => new Uint32Array(found.buffer);
  expect(bits(pieces)).toEqual(bits(whole));
}
