/**
 * Tensors of tfjs's WebGPU backend as the training kernels see them. Each lies in a buffer of its own there. Where all
 * that a kernel calls can run on such buffers, it does (tensor-calls.ts); elsewhere those that it takes are copied into
 * one heap and what it gives is copied out, all in one submission.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { StudioError } from '../../../../lib/errors.ts';
import { sizeOf } from '../../../../lib/shape.ts';
import type { Conv2DInfo, TensorInfo } from '../../../../models/engine/tf.ts';
import { partsOfWindow, type TensorHeap } from '../tfjs/heap.ts';
import { firstFreeByte } from '../workspace.ts';
import { gpuOn, type Gpu } from './device.ts';
import { Recorder, slotBytes } from './recorder.ts';
import { bindBuffers, runCalls, uploadBytes, type CallRoom } from './run-calls.ts';
import { sourceOf, type Call } from './shader.ts';
import { areApart, TensorCalls, type TensorPlace } from './tensor-calls.ts';

/** Shaders may read a little beyond a tensor's end. */
const beyond = 32;
/** Windows are no places of the heap. */
const windowAt = 4;
const leastHeapBytes = 2 ** 20;
/** tfjs asks its device for neither. */
const features = { hasSubgroups: false, hasHalf: false };

interface Place {
  at: number;
  tensor: TensorInfo;
  isOutput: boolean;
}

export class GpuTensorHeap implements TensorHeap {
  readonly kernels;
  readonly mostProducts = 1;
  readonly #backend: WebGPUBackend;
  readonly #gpu: Gpu;
  readonly #recorder = new Recorder();
  readonly #calls: TensorCalls;
  readonly #upload: GPUBuffer;
  readonly #data: GPUBuffer;
  readonly #bytes = new ArrayBuffer(uploadBytes(slotBytes));
  #places = new Map<object, Place>();
  #disposed: TensorInfo[] = [];
  #end = firstFreeByte;
  #room: (CallRoom & { heap: GPUBuffer }) | null = null;

  constructor(backend: WebGPUBackend) {
    this.#backend = backend;
    this.#gpu = gpuOn(backend.device, features);
    this.kernels = this.#recorder.kernels;
    this.#calls = new TensorCalls(backend);
    const { COPY_DST, STORAGE, UNIFORM } = GPUBufferUsage;
    const { device } = backend;
    const { byteLength: size } = this.#bytes;
    this.#upload = device.createBuffer({ size, usage: STORAGE | UNIFORM | COPY_DST });
    this.#data = device.createBuffer({ size: 16, usage: STORAGE });
  }

  /** Calls a kernel and runs what it noted. @throws StudioError `device-lost`, `out-of-memory` */
  run<T>(kernel: (heap: this) => T): T {
    this.#places = new Map();
    this.#end = firstFreeByte;
    try {
      const output = kernel(this);
      this.#run(this.#recorder.take());
      return output;
    } finally {
      this.#recorder.take();
      for (const { dataId } of this.#disposed.splice(0)) this.#backend.disposeData(dataId);
    }
  }

  at(tensor: TensorInfo): number {
    const known = this.#places.get(tensor.dataId);
    return known ? known.at : this.#place(tensor, false);
  }

  output(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    const none = sizeOf(shape) === 0 ? new Float32Array() : undefined; // no kernel gives it
    const tensor = this.#backend.makeTensorInfo([...shape], dtype, none);
    this.#place(tensor, true);
    return tensor;
  }

  /** Once it has been computed. */
  dispose(tensor: TensorInfo) {
    const place = this.#places.get(tensor.dataId);
    if (place) place.isOutput = false;
    this.#disposed.push(tensor);
  }

  scratch(bytes: number): number {
    return this.#reserve(bytes);
  }

  window(info: Conv2DInfo, channels = info.inChannels): number {
    this.#recorder.placeWindow(windowAt, partsOfWindow(info, channels));
    return windowAt;
  }

  /** It is written on the device, later. */
  keepSum(sum: TensorInfo, kernel: () => number) {
    this.#recorder.nextLoss = this.at(sum) / 4;
    kernel();
  }

  #place(tensor: TensorInfo, isOutput: boolean): number {
    const at = this.#reserve(4 * sizeOf(tensor.shape));
    this.#places.set(tensor.dataId, { at, tensor, isOutput });
    return at;
  }

  #reserve(bytes: number): number {
    const at = this.#end;
    this.#end += 16 * Math.ceil((bytes + beyond) / 16);
    return at;
  }

  #run(calls: readonly Call[]) {
    this.#gpu.check();
    const spare = Math.max(...calls.map(({ shader, p }) => shader.spare?.(p) ?? 0), 0);
    const placeOf = (at: number) => this.#placeAt(at);
    if (areApart(calls, placeOf)) this.#calls.run(calls, placeOf, spare);
    else this.#copyAndRun(calls, spare);
  }

  #placeAt(floats: number): TensorPlace | null {
    for (const { at, tensor } of this.#places.values()) {
      const offset = floats - at / 4;
      if (offset >= 0 && offset < sizeOf(tensor.shape)) return { tensor, offset };
    }
    return null;
  }

  #copyAndRun(calls: readonly Call[], spare: number) {
    const spareAt = this.#reserve(4 * spare) / 4;
    for (const { p } of calls) p['spare'] = spareAt;
    const places = [...this.#places.values()].filter(({ tensor }) => sizeOf(tensor.shape) > 0);
    const outputs = places.filter(({ isOutput }) => isOutput);
    const inputs = places.filter(
      ({ isOutput, tensor }) => !isOutput && !this.#disposed.includes(tensor),
    );
    const room = this.#roomFor(this.#end);
    // Made and filled before what is copied of them; what tfjs has noted comes first.
    for (const { tensor } of [...inputs, ...outputs]) this.#backend.uploadToGPU(tensor.dataId);
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.submitQueue();
    runCalls(this.#backend.device, calls, room, {
      pipelineOf: (pass, shader) =>
        this.#gpu.pipelineNow(pass.name, () =>
          sourceOf(shader, pass, { hasSubgroups: false, tile: 'f32' }),
        ),
      before: (encoder) => {
        for (const { at, tensor } of inputs)
          this.#copy(tensor, (buffer, size) =>
            encoder.copyBufferToBuffer(buffer, 0, room.heap, at, size),
          );
      },
      after: (encoder) => {
        for (const { at, tensor } of outputs)
          this.#copy(tensor, (buffer, size) =>
            encoder.copyBufferToBuffer(room.heap, at, buffer, 0, size),
          );
      },
    });
  }

  #copy({ dataId, shape }: TensorInfo, copy: (buffer: GPUBuffer, size: number) => void) {
    const size = 4 * sizeOf(shape);
    const { resource } = this.#backend.tensorMap.get(dataId);
    copy(resource as GPUBuffer, size); // a tensor of numbers has no texture
  }

  /** Kept for the next kernel. */
  #roomFor(bytes: number) {
    if (this.#room && this.#room.heap.size >= bytes) return this.#room;
    const { device } = this.#backend;
    const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    if (bytes > most)
      throw new StudioError(
        'out-of-memory',
        `the graphics processor has no room for ${bytes} bytes`,
      );
    const size = Math.min(most, 2 ** Math.ceil(Math.log2(Math.max(leastHeapBytes, bytes))));
    this.#room?.heap.destroy();
    const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
    const heap = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
    const [upload, data, listBytes] = [this.#upload, this.#data, slotBytes];
    const group = bindBuffers(device, this.#gpu.layout, { heap, upload, data, listBytes });
    this.#room = { heap, group, upload, listBytes, bytes: this.#bytes };
    return this.#room;
  }
}
