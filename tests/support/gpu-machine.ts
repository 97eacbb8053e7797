/** Kernels on WebGPU, for slopes.ts. */
import { onTestFinished } from 'vitest';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import { GpuWorkspace } from '../../src/training/engine/kernels/webgpu/workspace.ts';
import type { Machine } from './slopes.ts';

/** Until the test ends. */
export async function gpuMachine(): Promise<Machine> {
  const gpu = await openGpu();
  if (!gpu) throw new Error('no WebGPU here');
  const own = new GpuWorkspace(gpu);
  onTestFinished(() => own.dispose());
  return {
    workspace: own,
    build: (rehearse) => own.build(rehearse),
    write: (at, values) => own.write(at, values),
    run(calls, lossAt) {
      own.nextLoss = lossAt;
      calls();
      own.submit();
    },
    read: (ranges) => own.read(ranges),
  };
}
