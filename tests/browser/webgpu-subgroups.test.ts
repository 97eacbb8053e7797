import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type { LayerSpec } from '../../src/models/spec.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import type { Reduction } from '../../src/training/engine/kernels/webgpu/reduce.ts';
import type { Shader } from '../../src/training/engine/kernels/webgpu/shader.ts';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import { GpuWorkspace } from '../../src/training/engine/kernels/webgpu/workspace.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { Example } from '../support/any-layer.ts';
import { expectAlike, gradients, networkOf } from '../support/network-gradients.ts';
import { reopenGpu } from '../support/reopen-gpu.ts';

/** A new device, of an adapter that has the feature, or says that it hasn't. */
async function reopen(hasSubgroups: boolean) {
  const gpu = await reopenGpu(!hasSubgroups);
  expect(gpu.hasSubgroups).toBe(hasSubgroups);
  expect(gpu.device.features.has('subgroups')).toBe(hasSubgroups);
  return gpu;
}

let workspace: GpuWorkspace | null = null;
afterEach(() => workspace?.dispose());

/** Each thread writes what it is given of its column: the sum, and the sum or the largest of the squares. */
function reducing({ lanes, columns = 1, of, hasLargest }: Reduction): Shader {
  const isPair = of === 'vec2f';
  return {
    parameters: ['x', 'y', 'count'],
    places: ['x', 'y'],
    passes: [
      {
        name: `reduction of ${lanes} × ${columns} ${of}`,
        code: `
@compute @workgroup_size(${columns}, ${lanes})
fn main(@builtin(local_invocation_index) index: u32) {
  let x = heap[p.x + i32(index)];
  let first = total(${isPair ? 'vec2f(x, x * x)' : 'x'}, index);
  let second = ${hasLargest ? 'largest' : 'total'}(${isPair ? 'vec2f(x * x, x)' : 'x * x'}, index);
  heap[p.y + 2 * i32(index)] = first${isPair ? '.x' : ''};
  heap[p.y + 2 * i32(index) + 1] = second${isPair ? '.x' : ''};
}
`,
        reduction: { lanes, columns, of, ...(hasLargest && { hasLargest }) },
        workgroups: () => [1],
      },
    ],
  };
}

const reductions: Reduction[] = [
  { lanes: 64, columns: 1, of: 'f32', hasLargest: true },
  { lanes: 256, columns: 1, of: 'vec2f' },
  { lanes: 32, columns: 8, of: 'vec2f' },
  { lanes: 2, columns: 5, of: 'f32', hasLargest: true },
];

const norm = (type: 'layer-norm' | 'batch-norm'): LayerSpec => ({ type });
const tanh = { activation: 'tanh' } as const;
const networks: Record<string, { example: Example; rows: number }> = {
  'norms, losses and sums of columns': {
    rows: 67,
    example: {
      inputShape: [9],
      layers: [
        { type: 'dense', units: 70, ...tanh },
        norm('layer-norm'),
        { type: 'dense', units: 33, ...tanh },
        norm('batch-norm'),
      ],
    },
  },
  'sums of columns in parts': {
    rows: 5,
    example: {
      inputShape: [19, 23, 2],
      layers: [
        { type: 'depthwise-convolution', size: [3, 3], padding: 'same', ...tanh },
        { type: 'convolution', filters: 9, size: [1, 1], ...tanh },
        norm('batch-norm'),
        { type: 'global-average-pooling' },
      ],
    },
  },
  attention: {
    rows: 3,
    example: {
      inputShape: [70],
      tokens: 9,
      layers: [
        { type: 'embedding', tokens: 9, units: 12, hasMask: true },
        { type: 'attention', heads: 3, isCausal: true },
        norm('layer-norm'),
        { type: 'global-average-pooling' },
      ],
    },
  },
};

const random = new Random(6);
const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());

describe.each([true, false])('with subgroups: %s', (hasSubgroups) => {
  beforeAll(async () => {
    await startBackend('cpu');
    await reopen(hasSubgroups);
  });

  test.each(reductions)('$lanes × $columns $of are reduced by column', async (reduction) => {
    const gpu = await openGpu();
    if (!gpu) throw new Error('no WebGPU here');
    const own = (workspace = new GpuWorkspace(gpu));
    const { lanes, columns = 1, hasLargest } = reduction;
    const count = lanes * columns;
    const [x, y] = [own.reserve(count), own.reserve(2 * count)];
    const shader = reducing(reduction);
    const call = () => own.record('reducing', shader, [x, y, count]);
    await own.build(call);
    const values = normal(count);
    own.write(x, values);
    call();
    own.submit();
    const [found] = await own.read([{ at: y, count: 2 * count }]);
    for (let i = 0; i < count; i++) {
      const column = [...values].filter((_, k) => k % columns === i % columns);
      const squares = column.map((value) => value * value);
      const sumOf = (all: number[]) => all.reduce((sum, value) => sum + value, 0);
      const second = hasLargest ? Math.max(...squares) : sumOf(squares);
      expect(Math.abs((found?.[2 * i] ?? NaN) - sumOf(column))).toBeLessThan(2e-5);
      expect(Math.abs((found?.[2 * i + 1] ?? NaN) - second)).toBeLessThan(1e-6 * count);
    }
  });

  test.each(Object.entries(networks))(
    '%s: gradients are those of tfjs, and the same each time',
    async (_name, { example, rows }) => {
      const spec = networkOf(example);
      const found = await gradients(spec, example, rows, createWebGpuSteps);
      const expected = await gradients(spec, example, rows, createTensorSteps);
      expectAlike(found, expected);
      expect(await gradients(spec, example, rows, createWebGpuSteps)).toEqual(found);
    },
  );

  test('gradients are clipped by their norm', async () => {
    const gpu = await openGpu();
    if (!gpu) throw new Error('no WebGPU here');
    const own = (workspace = new GpuWorkspace(gpu));
    const count = 9004;
    const at = own.reserve(count);
    await own.build(() => own.kernels.clipNorm(at, count, 3));
    const values = normal(count);
    const length = Math.hypot(...values);
    for (const limit of [3, 2 * length]) {
      own.write(at, values);
      own.kernels.clipNorm(at, count, limit);
      own.submit();
      const [found] = await own.read([{ at, count }]);
      values.forEach((value, i) => {
        const expected = value * Math.min(1, limit / length);
        expect(Math.abs((found?.[i] ?? NaN) - expected)).toBeLessThan(1e-5);
      });
    }
  });
});
