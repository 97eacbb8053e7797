/** The graphics processor that kernels run on: one device a worker, its pipelines kept from run to run. */
import { StudioError } from '../../../../lib/errors.ts';

export interface Gpu {
  device: GPUDevice;
  /** Heap, parameters at an offset, the batch's rows, data (shader.ts). */
  layout: GPUBindGroupLayout;
  /** Whether shaders may reduce within subgroups. */
  hasSubgroups: boolean;
  /** Whether shaders may hold numbers of half precision. */
  hasHalf: boolean;
  /** Compiled once. @param name the pass's own */
  pipeline(name: string, code: string): Promise<GPUComputePipeline>;
  /** The same for those that can't wait. */
  pipelineNow(name: string, code: () => string): GPUComputePipeline;
  /** @throws StudioError `device-lost`, `out-of-memory`, `internal` for what has gone wrong since it was opened */
  check(): void;
}

let opened: Promise<Gpu | null> | undefined;

/** Null where there is none. A device that was lost isn't given again. */
export async function openGpu(): Promise<Gpu | null> {
  const known = await opened;
  if (known && !failureOf.has(known)) return known;
  known?.device.destroy();
  opened = open();
  return opened;
}

const failureOf = new WeakMap<Gpu, StudioError>();

async function open(): Promise<Gpu | null> {
  // Not in every browser, whatever the types say.
  const { gpu: entry } = globalThis.navigator as { gpu?: GPU };
  const adapter = await entry?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const hasSubgroups = adapter.features.has('subgroups');
  const hasHalf = adapter.features.has('shader-f16');
  const device = await adapter.requestDevice({
    requiredFeatures: [
      ...(hasSubgroups ? (['subgroups'] as const) : []),
      ...(hasHalf ? (['shader-f16'] as const) : []),
    ],
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  return gpuOn(device, { hasSubgroups, hasHalf });
}

/** @param features that the device was asked for */
export function gpuOn(
  device: GPUDevice,
  { hasSubgroups, hasHalf }: Pick<Gpu, 'hasSubgroups' | 'hasHalf'>,
): Gpu {
  const buffer = (type: GPUBufferBindingType, more?: GPUBufferBindingLayout) => ({
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type, ...more },
  });
  const layout = device.createBindGroupLayout({
    entries: [
      { binding: 0, ...buffer('storage') },
      { binding: 1, ...buffer('uniform', { hasDynamicOffset: true }) },
      { binding: 2, ...buffer('read-only-storage') },
      { binding: 3, ...buffer('read-only-storage') },
    ],
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const madeNow = new Map<string, GPUComputePipeline>();
  const descriptor = (label: string, code: string) => ({
    label,
    layout: pipelineLayout,
    compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
  });
  const gpu: Gpu = {
    device,
    layout,
    hasSubgroups,
    hasHalf,
    pipeline(name, code) {
      const known = pipelines.get(name);
      if (known) return known;
      const made = device.createComputePipelineAsync(descriptor(name, code));
      pipelines.set(name, made);
      return made;
    },
    pipelineNow(name, code) {
      const made = madeNow.get(name) ?? device.createComputePipeline(descriptor(name, code()));
      madeNow.set(name, made);
      return made;
    },
    check() {
      const failure = failureOf.get(gpu);
      if (failure) throw failure;
    },
  };
  const fail = (error: StudioError) => {
    if (!failureOf.has(gpu)) failureOf.set(gpu, error);
  };
  void device.lost.then(({ message, reason }) =>
    fail(new StudioError('device-lost', `The graphics processor was lost: ${message || reason}`)),
  );
  device.addEventListener('uncapturederror', ({ error }) => {
    const code = error instanceof GPUOutOfMemoryError ? 'out-of-memory' : 'internal';
    fail(new StudioError(code, `The graphics processor failed: ${error.message}`));
  });
  return gpu;
}
