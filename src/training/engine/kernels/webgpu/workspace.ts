/**
 * A heap on a graphics processor, and the step that runs in it: calls of kernels are noted, their parameters go up
 * in one write, and all of them run as one compute pass, which WebGPU orders by itself.
 */
import { StudioError } from '../../../../lib/errors.ts';
import type { Kernels } from '../kernels.ts';
import { OutOfWorkspace, Workspace } from '../workspace.ts';
import type { Gpu } from './device.ts';
import { Recorder, slotBytes } from './recorder.ts';
import { bindBuffers, runCalls, uploadBytes, type CallRoom } from './run-calls.ts';
import { sourceOf, type Pass, type Shader } from './shader.ts';
import type { TileType } from './tile-type.ts';

export interface Range {
  /** In bytes of the heap. */
  at: number;
  /** Floats. */
  count: number;
}

const noData = { count: 0, fill: () => undefined };

interface Memory extends CallRoom {
  heap: GPUBuffer;
  data: GPUBuffer;
}

export class GpuWorkspace extends Workspace {
  readonly kernels: Kernels;
  readonly #gpu: Gpu;
  readonly #tile: TileType;
  readonly #recorder = new Recorder();
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  #memory: Memory | null = null;

  /** @param tile what products hold their tiles as: `f16` only where the device has it */
  constructor(gpu: Gpu, tile: TileType = 'f32') {
    super();
    this.#gpu = gpu;
    this.#tile = tile;
    this.kernels = this.#recorder.kernels;
  }

  /** A shader that is no plan's kernel. @param values its parameters; places in bytes */
  record(name: string, shader: Shader, values: readonly number[]) {
    this.#recorder.record(name, shader, values);
  }

  /** Where the next loss goes, in bytes; losses that follow lie behind it. */
  set nextLoss(at: number) {
    this.#recorder.nextLoss = at / 4;
  }

  placeWords(at: number, words: readonly number[]) {
    this.#recorder.placeWindow(at, words);
  }

  protected grow(bytes: number) {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#gpu.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize, 2 ** 32);
    if (bytes > most) throw new OutOfWorkspace(`${bytes} bytes are too many`);
  }

  /**
   * Makes the heap, all zeros, and compiles what is called, after all is laid out.
   * @param rehearse calls what will be called, with the largest batch
   * @param listLength most rows of a batch that are taken from the data
   * @param data how many floats shaders read from, and what fills them
   * @throws OutOfWorkspace
   */
  async build(
    rehearse: () => void,
    listLength = 0,
    data: { count: number; fill: (floats: Float32Array) => void } = noData,
  ) {
    rehearse();
    const passes = new Map<string, { shader: Shader; pass: Pass }>();
    let spare = 0;
    for (const call of this.#recorder.take()) {
      const { shader, p } = call;
      spare = Math.max(spare, shader.spare?.(p) ?? 0);
      for (const pass of shader.passes)
        if (pass.isPossible?.(p) !== false) passes.set(pass.name, { shader, pass });
    }
    this.#recorder.spare = { at: this.reserve(spare) / 4, count: spare };
    const compiled = Array.from(passes.values(), async ({ shader, pass }) => {
      const tile = pass.hasTiles ? this.#tile : 'f32';
      const { hasSubgroups } = this.#gpu;
      const source = sourceOf(shader, pass, { hasSubgroups, tile });
      const name = tile === 'f16' ? `${pass.name}, half` : pass.name;
      const pipeline = await this.#gpu.pipeline(name, source);
      this.#pipelines.set(pass.name, pipeline);
    });
    await Promise.all([this.#allocate(listLength, data), ...compiled]);
  }

  async #allocate(
    listLength: number,
    { count, fill }: { count: number; fill: (floats: Float32Array) => void },
  ): Promise<void> {
    const { device, layout } = this.#gpu;
    this.grow(4 * count);
    const listBytes = slotBytes * Math.ceil((4 * Math.max(1, listLength)) / slotBytes);
    const { COPY_DST, COPY_SRC, STORAGE, UNIFORM } = GPUBufferUsage;
    const made: GPUBuffer[] = [];
    const buffer = (size: number, usage: number, mappedAtCreation = false) => {
      const one = device.createBuffer({ size: Math.max(16, size), usage, mappedAtCreation });
      made.push(one);
      return one;
    };
    const size = uploadBytes(listBytes);
    device.pushErrorScope('out-of-memory');
    let cause: unknown;
    try {
      const heap = buffer(this.end, STORAGE | COPY_SRC | COPY_DST);
      const upload = buffer(size, STORAGE | UNIFORM | COPY_DST);
      const data = buffer(4 * count, STORAGE, true);
      fill(new Float32Array(data.getMappedRange(), 0, count));
      data.unmap();
      const group = bindBuffers(device, layout, { heap, upload, data, listBytes });
      this.#memory = { heap, upload, data, group, bytes: new ArrayBuffer(size), listBytes };
    } catch (error) {
      cause = error; // a buffer that is to be mapped says so itself
    }
    const shortage = await device.popErrorScope();
    cause ??= shortage;
    if (!cause) return;
    this.#memory = null;
    for (const one of made) one.destroy();
    throw new OutOfWorkspace(`the graphics processor has no room for ${this.end} bytes`, { cause });
  }

  /**
   * Runs what was noted. @param list rows of a batch, as `list` has them
   * @throws StudioError `device-lost`, `out-of-memory`, `internal`
   */
  submit(list?: Uint32Array) {
    this.#gpu.check();
    const memory = this.#built;
    if (list) new Uint32Array(memory.bytes).set(list);
    runCalls(this.#gpu.device, this.#recorder.take(), memory, {
      pipelineOf: ({ name }) => this.#pipeline(name),
    });
  }

  /** Copies of what lies in the heap, when all that was submitted is done. @throws StudioError `device-lost` */
  async read(ranges: readonly Range[]): Promise<Float32Array[]> {
    this.#gpu.check();
    const { device } = this.#gpu;
    const size = 4 * ranges.reduce((sum, { count }) => sum + count, 0);
    if (size === 0) return ranges.map(() => new Float32Array(0));
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = device.createBuffer({ size, usage });
    try {
      const encoder = device.createCommandEncoder();
      let to = 0;
      for (const { at, count } of ranges) {
        encoder.copyBufferToBuffer(this.#built.heap, at, staging, to, 4 * count);
        to += 4 * count;
      }
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const mapped = new Float32Array(staging.getMappedRange());
      let from = 0;
      return ranges.map(({ count }) => mapped.slice(from, (from += count)));
    } catch (cause) {
      await device.queue.onSubmittedWorkDone().catch(() => undefined); // so that a loss is known
      this.#gpu.check();
      throw new StudioError('device-lost', `The graphics processor gave no answer`, { cause });
    } finally {
      staging.destroy();
    }
  }

  write(at: number, values: Float32Array<ArrayBuffer>) {
    this.#gpu.device.queue.writeBuffer(this.#built.heap, at, values);
  }

  /** Afterwards it can't be used. */
  dispose() {
    if (!this.#memory) return;
    const { heap, upload, data } = this.#memory;
    for (const buffer of [heap, upload, data]) buffer.destroy();
    this.#memory = null;
  }

  get #built(): Memory {
    if (!this.#memory) throw new Error('the workspace has no heap, or not any more');
    return this.#memory;
  }

  #pipeline(name: string): GPUComputePipeline {
    const pipeline = this.#pipelines.get(name);
    if (!pipeline) throw new Error(`${name} was not called when steps were rehearsed`);
    return pipeline;
  }
}
