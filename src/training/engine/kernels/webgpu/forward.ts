/** A network's outputs for many rows by a plan of WebGPU kernels: what a run there is measured by. */
import type { NetworkSpec } from '../../../../models/spec.ts';
import { rowsAtATime, type KernelForward } from '../../forward.ts';
import { NoPlan } from '../plan/layer-plan.ts';
import { planNetwork } from '../plan/network-plan.ts';
import { OutOfWorkspace } from '../workspace.ts';
import { openGpu } from './device.ts';
import { GpuWorkspace } from './workspace.ts';

/** Null for a network that doesn't fit, or where there is no WebGPU. */
export async function createWebGpuForward(spec: NetworkSpec): Promise<KernelForward | null> {
  const gpu = await openGpu();
  if (!gpu) return null;
  const workspace = new GpuWorkspace(gpu);
  try {
    return await planned(spec, workspace);
  } catch (error) {
    workspace.dispose();
    if (error instanceof OutOfWorkspace || error instanceof NoPlan) return null;
    throw error;
  }
}

const none = new Float32Array(0);

async function planned(spec: NetworkSpec, workspace: GpuWorkspace): Promise<KernelForward> {
  const most = rowsAtATime(spec);
  const plan = planNetwork(spec, { rows: most, isTraining: false }, workspace);
  await workspace.build(() => plan.forward(most));
  return {
    load({ bytes }) {
      let from = 0;
      for (const { at, size } of plan.parameters) {
        workspace.write(at, new Float32Array(bytes, 4 * from, size));
        from += size;
      }
    },
    loadArrays(values) {
      plan.parameters.forEach(({ at }, i) => workspace.write(at, (values[i] ?? none).slice()));
    },
    async outputs(features, width, rows, between) {
      const reads: Promise<Float32Array[]>[] = [];
      const { at, size } = plan.output;
      for (let from = 0; from < rows.length; from += most) {
        const batch = rows.subarray(from, from + most);
        const x = new Float32Array(batch.length * width);
        batch.forEach((row, i) =>
          x.set(features.subarray(row * width, row * width + width), i * width),
        );
        workspace.write(plan.input, x);
        plan.forward(batch.length);
        workspace.submit();
        reads.push(workspace.read([{ at, count: batch.length * size }]));
        await between?.();
      }
      const all = new Float32Array(rows.length * size);
      (await Promise.all(reads)).flat().forEach((values, i) => all.set(values, i * most * size));
      return all;
    },
    dispose: () => workspace.dispose(),
  };
}
