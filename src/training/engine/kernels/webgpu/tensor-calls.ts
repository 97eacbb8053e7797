/**
 * Calls of kernels on the buffers of tfjs's tensors themselves: nothing is copied, and they are part of the commands
 * that tfjs collects. For shaders that say what they write to; each of their places becomes a buffer of its own.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '../../../../models/engine/tf.ts';
import { dispatchesOf, slotBytes } from './recorder.ts';
import { codeOf, membersOf, structOf, type Call, type Pass, type Shader } from './shader.ts';

/** Where a call's place lies: so many floats from the start of a tensor. */
export interface TensorPlace {
  tensor: TensorInfo;
  offset: number;
}

interface CompiledPass {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  places: readonly string[];
}

/** What tfjs's backend (4.22) collects until it submits; its types keep that to themselves. */
interface Collecting {
  commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  /** Tensors whose buffers are kept until then. */
  commandQueueOwnedIds: WeakSet<object>;
}

/** Calls whose parameters are up at a time; then tfjs's commands are submitted. */
const slots = 16;
const dialect = { hasSubgroups: false, tile: 'f32' } as const;

/** Each place that code names, followed by a place within it. */
const access = /heap\[p\.(\w+) \+ /g;

/** Of what is written the names that an ending has for it. */
function placeNamed(name: string, { writes = [] }: Shader): string {
  return name === 'c' || name === 'endPlace' ? (writes[0] ?? name) : name;
}

/** Where a place begins in its buffer. */
const startOf = (place: string) => `${place}Start`;

/** Places of a shader that have a buffer, in the order of their starts behind its parameters. */
function placesOf(shader: Shader): string[] {
  return [...shader.places, 'spare', ...(shader.hasEnding ? ['endBias'] : [])];
}

function isWritten(place: string, { writes = [] }: Shader): boolean {
  return place === 'spare' || writes.includes(place);
}

function membersApart(shader: Shader): string[] {
  return [...membersOf(shader), ...placesOf(shader).map(startOf)];
}

/** A pass whose places are buffers of their own, and which of them it has. */
function apart(shader: Shader, pass: Pass): { source: string; places: string[] } {
  const places: string[] = [];
  const code = codeOf(pass, dialect).replace(access, (_, named: string) => {
    const place = placeNamed(named, shader);
    if (!places.includes(place)) places.push(place);
    return `${place}_[p.${startOf(place)} + `;
  });
  const buffers = places.map((place, i) => {
    const mode = isWritten(place, shader) ? 'read_write' : 'read';
    return `@group(0) @binding(${i + 1}) var<storage, ${mode}> ${place}_: array<f32>;\n`;
  });
  const head = `${structOf(shader, membersApart(shader))}@group(0) @binding(0) var<uniform> p: Parameters;\n`;
  return { source: `${head}${buffers.join('')}${code}`, places };
}

/** Finds what lies at a place, in floats. */
type PlaceOf = (at: number) => TensorPlace | null;

/** Whether they can be called so: all places are tensors', and none that is written is one of the others. */
export function areApart(calls: readonly Call[], placeOf: PlaceOf): boolean {
  return calls.every(({ shader, p }) => {
    const { endKind = 0, endPlace, c } = p;
    if (!shader.writes || (endKind !== 0 && endPlace !== c)) return false;
    const given = placesOf(shader).filter((place) => place !== 'spare' && p[place]);
    const tensors = given.map((place) => placeOf(p[place] ?? 0)?.tensor.dataId);
    return tensors.every(
      (tensor, i) =>
        tensor !== undefined &&
        (!isWritten(given[i] ?? '', shader) ||
          tensors.indexOf(tensor) === tensors.lastIndexOf(tensor)),
    );
  });
}

export class TensorCalls {
  readonly #backend: WebGPUBackend;
  readonly #collecting: Collecting;
  readonly #upload: GPUBuffer;
  readonly #none: GPUBuffer;
  readonly #passes = new Map<string, CompiledPass>();
  readonly #words = new Int32Array(slotBytes / 4);
  readonly #floats = new Float32Array(this.#words.buffer);
  #spare: GPUBuffer;
  #slot = 0;

  constructor(backend: WebGPUBackend) {
    const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage;
    const { device } = backend;
    this.#backend = backend;
    this.#collecting = backend as unknown as Collecting; // it is: tests see to it
    this.#upload = device.createBuffer({ size: slots * slotBytes, usage: UNIFORM | COPY_DST });
    this.#none = device.createBuffer({ size: 16, usage: STORAGE });
    this.#spare = device.createBuffer({ size: 16, usage: STORAGE });
  }

  /** @param spare floats of room that a call's passes may have among themselves */
  run(calls: readonly Call[], placeOf: PlaceOf, spare: number) {
    if (4 * spare > this.#spare.size) {
      this.#submit();
      this.#spare.destroy(); // once that is done
      const size = 2 ** Math.ceil(Math.log2(4 * spare));
      this.#spare = this.#backend.device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });
    }
    for (const call of calls) this.#run(call, placeOf);
  }

  #run(call: Call, placeOf: PlaceOf) {
    const { shader, p } = call;
    const dispatches = dispatchesOf(call);
    if (dispatches.length === 0) return;
    const buffers = new Map([['spare', this.#spare]]);
    const starts: Record<string, number> = {};
    for (const place of placesOf(shader)) {
      const found = p[place] && place !== 'spare' ? placeOf(p[place]) : null;
      if (!found) continue;
      starts[startOf(place)] = found.offset;
      buffers.set(place, this.#bufferOf(found.tensor));
    }
    const at = this.#place(shader, { ...p, ...starts });
    for (const { pass, groups } of dispatches) {
      const { pipeline, layout, places } = this.#passOf(shader, pass);
      const group = this.#backend.device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer: this.#upload, offset: at, size: slotBytes } },
          ...places.map((place, i) => ({
            binding: i + 1,
            resource: { buffer: buffers.get(place) ?? this.#none },
          })),
        ],
      });
      const encoder = this.#encoder();
      encoder.setPipeline(pipeline);
      encoder.setBindGroup(0, group);
      encoder.dispatchWorkgroups(...groups);
    }
  }

  /** Its numbers are there, and stay until what is collected is submitted. */
  #bufferOf({ dataId }: TensorInfo): GPUBuffer {
    this.#backend.uploadToGPU(dataId);
    this.#collecting.commandQueueOwnedIds.add(dataId);
    return this.#backend.tensorMap.get(dataId).resource as GPUBuffer; // a tensor of numbers has no texture
  }

  /** Writes parameters where nothing that isn't submitted reads. @returns where, in bytes */
  #place(shader: Shader, p: Record<string, number>): number {
    if (this.#slot === slots) this.#submit();
    const at = this.#slot++ * slotBytes;
    membersApart(shader).forEach((name, i) => {
      (shader.floats?.includes(name) ? this.#floats : this.#words)[i] = p[name] ?? 0;
    });
    this.#backend.queue.writeBuffer(this.#upload, at, this.#words);
    return at;
  }

  /** What tfjs has collected, ours among it. */
  #submit() {
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.submitQueue();
    this.#slot = 0;
  }

  /** tfjs's own pass, which it may have begun. */
  #encoder(): GPUComputePassEncoder {
    this.#backend.ensureCommandEncoderReady();
    const { commandEncoder } = this.#collecting;
    return (this.#collecting.computePassEncoder ??= commandEncoder.beginComputePass());
  }

  #passOf(shader: Shader, pass: Pass): CompiledPass {
    const known = this.#passes.get(pass.name);
    if (known) return known;
    const { device } = this.#backend;
    const { name: label } = pass;
    const { source: code, places } = apart(shader, pass);
    const entries = places.map((place, i) => ({
      ...{ binding: i + 1, visibility: GPUShaderStage.COMPUTE },
      buffer: {
        type: isWritten(place, shader) ? ('storage' as const) : ('read-only-storage' as const),
      },
    }));
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } },
        ...entries,
      ],
    });
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label, code }), entryPoint: 'main' },
    });
    const compiled = { pipeline, layout, places };
    this.#passes.set(pass.name, compiled);
    return compiled;
  }
}
