import { afterEach, expect, test } from 'vitest';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import { GpuWorkspace } from '../../src/training/engine/kernels/webgpu/workspace.ts';
import { functions } from '../support/layer-slopes.ts';
import { slopesOf, slopeTolerance, type Machine } from '../support/slopes.ts';

let workspace: GpuWorkspace | null = null;
afterEach(() => workspace?.dispose());

async function webgpu(): Promise<Machine> {
  const gpu = await openGpu();
  if (!gpu) throw new Error('no WebGPU here');
  const own = (workspace = new GpuWorkspace(gpu));
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

test.each(functions)('%s: the gradient is that of the forward pass', async (_name, layOut) => {
  for (const { name, norm, error } of await slopesOf(await webgpu(), layOut)) {
    expect(norm, `${name}: gradient`).toBeGreaterThan(0.1);
    expect(error, name).toBeLessThan(slopeTolerance);
  }
});
