/** A new WebGPU device for the kernels, with or without the features that its adapter has. */
import { openGpu, type Gpu } from '../../src/training/engine/kernels/webgpu/device.ts';

/** @param isBare whether the adapter is to say that it has no features; it says so no longer afterwards */
export async function reopenGpu(isBare: boolean): Promise<Gpu> {
  const known = await openGpu();
  known?.device.destroy();
  await known?.device.lost;
  const entry = navigator.gpu;
  const request = entry.requestAdapter.bind(entry);
  if (isBare)
    entry.requestAdapter = async (options) => {
      const adapter = await request(options);
      if (adapter) Object.defineProperty(adapter, 'features', { value: new Set<string>() });
      return adapter;
    };
  try {
    const gpu = await openGpu();
    if (!gpu) throw new Error('no WebGPU here');
    return gpu;
  } finally {
    if (isBare) Reflect.deleteProperty(entry, 'requestAdapter');
  }
}
