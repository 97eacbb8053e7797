/** Runs what was noted (recorder.ts): parameters go up in one write, and all calls as one compute pass. */
import { dispatchesOf, slotBytes, writeCall } from './recorder.ts';
import type { Call, Pass, Shader } from './shader.ts';

/** Calls that are uploaded at a time; more go in several passes. */
const mostCalls = 512;

export interface CallRoom {
  /** The rows of a batch, then the calls' parameters. */
  upload: GPUBuffer;
  group: GPUBindGroup;
  /** What goes up, with the rows that are in it already. */
  bytes: ArrayBuffer;
  listBytes: number;
}

/** Bytes of `upload`. */
export function uploadBytes(listBytes: number): number {
  return listBytes + mostCalls * slotBytes;
}

/** Buffers as shaders see them (shader.ts). */
export function bindBuffers(
  device: GPUDevice,
  layout: GPUBindGroupLayout,
  {
    heap,
    upload,
    data,
    listBytes,
  }: Record<'heap' | 'upload' | 'data', GPUBuffer> & {
    listBytes: number;
  },
): GPUBindGroup {
  return device.createBindGroup({
    layout,
    entries: [
      { binding: 0, resource: { buffer: heap } },
      { binding: 1, resource: { buffer: upload, size: slotBytes } },
      { binding: 2, resource: { buffer: upload, size: listBytes } },
      { binding: 3, resource: { buffer: data } },
    ],
  });
}

export interface RunOptions {
  pipelineOf: (pass: Pass, shader: Shader) => GPUComputePipeline;
  /** What is copied before the first call, and after the last. */
  before?: (encoder: GPUCommandEncoder) => void;
  after?: (encoder: GPUCommandEncoder) => void;
}

export function runCalls(
  device: GPUDevice,
  calls: readonly Call[],
  { upload, group, bytes, listBytes }: CallRoom,
  { pipelineOf, before, after }: RunOptions,
) {
  const views = { words: new Int32Array(bytes), floats: new Float32Array(bytes) };
  for (let first = 0; first < calls.length; first += mostCalls) {
    const some = calls.slice(first, first + mostCalls);
    some.forEach((call, i) => writeCall(call, views, (listBytes + i * slotBytes) / 4));
    device.queue.writeBuffer(upload, 0, bytes, 0, listBytes + some.length * slotBytes);
    const encoder = device.createCommandEncoder();
    if (first === 0) before?.(encoder);
    const pass = encoder.beginComputePass();
    some.forEach((call, i) => {
      const dispatches = dispatchesOf(call);
      if (dispatches.length > 0) pass.setBindGroup(0, group, [listBytes + i * slotBytes]);
      for (const dispatch of dispatches) {
        pass.setPipeline(pipelineOf(dispatch.pass, call.shader));
        pass.dispatchWorkgroups(...dispatch.groups);
      }
    });
    pass.end();
    if (first + mostCalls >= calls.length) after?.(encoder);
    device.queue.submit([encoder.finish()]);
  }
}
