import { expect, test } from 'vitest';
import { RecordingWorkspace } from '../../src/training/engine/kernels/webgpu/count.ts';
import { gatherRows } from '../../src/training/engine/kernels/webgpu/gather.ts';
import { dispatchesOf, Recorder } from '../../src/training/engine/kernels/webgpu/recorder.ts';
import { planStep } from '../../src/training/engine/kernels/step-plan.ts';
import type { NetworkSpec } from '../../src/models/spec.ts';
import { specOf, type SpecName } from '../bench/training/networks.ts';

/** Of one training step with Adam, once the room for passes is known, as workspace.ts builds it. */
function dispatchesOfStep(spec: NetworkSpec, batch: number): number {
  const workspace = new RecordingWorkspace();
  const { recorder } = workspace;
  const last = spec.layers.at(-1);
  const classes = last?.type === 'dense' ? last.units : 2;
  const width = spec.inputShape.reduce((product, n) => product * n, 1);
  const { network, targets, rowWeights, ...plan } = planStep(
    {
      ...{ spec, l2: 0, mostRows: batch },
      config: {
        optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
        ...{ l1: 0, clipping: null },
      },
      train: { targets: { type: 'classes', classes, values: new Int32Array(batch) } },
    },
    workspace,
  );
  const rows = Uint32Array.from({ length: batch }, (_, i) => i);
  const step = () => {
    plan.gradient(rows, { from: 0, of: batch, key: 0 }, (part, from) =>
      recorder.record('gatherRows', gatherRows, [
        ...[network.input, targets, rowWeights, from, part.length, width, classes, 1, -1],
      ]),
    );
    plan.apply(1e-3);
    return recorder.take();
  };
  const spare = Math.max(...step().map(({ shader, p }) => shader.spare?.(p) ?? 0));
  recorder.spare = { at: workspace.reserve(spare) / 4, count: spare };
  return step().flatMap(dispatchesOf).length;
}

const most: Partial<Record<SpecName, number>> = {
  ...{ mlp: 16, cnn: 28, lstm: 40, gru: 40, transformer: 60 },
};
const batches = [1, 2, 32, 64, 128, 256, 512, 1024];

test.each(Object.entries(most))(
  "the benchmark's %s takes %i dispatches a step on WebGPU at most, at any batch size",
  (name, limit) => {
    const counts = batches.map((batch) => dispatchesOfStep(specOf(name as SpecName), batch)); // its keys
    expect(Math.min(...counts)).toBeGreaterThan(5);
    expect(Math.max(...counts), `at ${batches.join()}: ${counts.join()}`).toBeLessThanOrEqual(
      limit,
    );
  },
);

/** Calls on the first places of a heap, in units of 16 numbers. */
const at = (place: number) => 64 * (1 + place);
function recorded(calls: (kernels: Recorder['kernels']) => void): string[] {
  const recorder = new Recorder();
  calls(recorder.kernels);
  return recorder.take().map(({ name }) => name);
}

test('what is put on top of a copy goes with it, once, unless places overlap', () => {
  const [from, to, other] = [at(0), at(1), at(2)];
  const copied = (next: (kernels: Recorder['kernels']) => void) =>
    recorded((kernels) => {
      kernels.copy(from, to, 16);
      next(kernels);
    });
  expect(copied((kernels) => kernels.addInto(to, other, 16))).toEqual(['copy']);
  expect(copied((kernels) => kernels.addBias(to, other, 2, 8))).toEqual(['copy']);
  expect(copied((kernels) => kernels.copy(from, other, 16))).toEqual(['copy']);
  const apart = [
    copied((kernels) => kernels.addInto(to, other, 12)),
    copied((kernels) => kernels.addInto(other, to, 16)),
    copied((kernels) => kernels.addInto(to, to, 16)),
    copied((kernels) => kernels.addInto(to, to + 16, 16)),
    copied((kernels) => kernels.addBias(to, to + 32, 2, 8)),
    copied((kernels) => kernels.addBias(to, other, 1, 8)),
    copied((kernels) => kernels.copy(to, other, 16)),
    copied((kernels) => kernels.copy(from, from + 16, 16)),
    copied((kernels) => kernels.copy(from, to + 16, 16)),
  ];
  for (const names of apart) expect(names).toHaveLength(2);
  expect(
    copied((kernels) => {
      kernels.addInto(to, other, 16);
      kernels.addInto(to, at(3), 16);
    }),
  ).toEqual(['copy', 'addInto']);
});
