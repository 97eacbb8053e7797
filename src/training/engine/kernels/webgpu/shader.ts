/**
 * What a training kernel is on WebGPU: the kernel of the same name in <name>/assembly.ts, with the same parameters.
 * Buffers are places in one heap, as in WebAssembly's memory, so that plans (plan/*.ts) serve both: there a call
 * computes, here it is recorded (recorder.ts), and a step's calls run as one compute pass.
 */
import { windowParts } from '../convolution/window-parts.ts';
import type { Kernels } from '../kernels.ts';
import { reductionCode, type Reduction } from './reduce.ts';
import { tileHead, type TileType } from './tile-type.ts';

/** Parameters by name; places in floats. */
export type Arguments = Readonly<Record<string, number>>;

export interface Pass {
  /** Of the pipeline; no other pass has it. */
  name: string;
  /**
   * WGSL after the common head (`sourceOf`): `heap` holds floats, `p` the parameters. Whole numbers that are kept in
   * the heap are kept as floats, exact below 2²⁴. Its entry is `main`.
   */
  code: string;
  /** What it sums over its workgroup by `total` (reduce.ts). */
  reduction?: Reduction;
  /** Whether it holds `tile`s in workgroup memory (tile-type.ts). */
  hasTiles?: boolean;
  /** Absent: always. */
  isNeeded?: (p: Arguments) => boolean;
  /** Whether this batch or a smaller one may need it. Absent: yes. */
  isPossible?: (p: Arguments) => boolean;
  workgroups: (p: Arguments) => readonly [number, number?, number?];
}

export interface Shader {
  /**
   * In the kernel's order. A parameter `window` becomes eleven (`windowParts`); `scratch` is left out: what room
   * passes need among themselves begins at `p.spare`.
   */
  parameters: readonly string[];
  /** Which of them are places: bytes in the call, floats here. */
  places: readonly string[];
  /** Which of them are f32; all others are i32. */
  floats?: readonly string[];
  /** Further parameters, all i32, from those of the call. @param spare how many floats of room there are */
  derived?: readonly string[];
  derive?: (p: Arguments, spare: number) => Record<string, number>;
  /** Floats of room that its passes need. */
  spare?: (p: Arguments) => number;
  /**
   * Parameters whose places its passes write to; an ending writes to the first. Told where each access to the heap
   * names its place first (`heap[p.x + …]`), so that places can be buffers apart (tensor-calls.ts).
   */
  writes?: readonly string[];
  /** Whether a bias and an activation can follow in its last pass (activation/ending.ts). */
  hasEnding?: boolean;
  /**
   * What it reads of a batch, places and lengths in floats. Told where an ending may write elsewhere than the product:
   * a network that only answers has its outputs where earlier ones lay.
   */
  reads?: (p: Arguments) => readonly (readonly [at: number, count: number])[];
  /** Whether it gives a loss: its place is `p.loss`. */
  givesLoss?: boolean;
  /**
   * Notes other calls that do the same, where its passes can't. @param values of its parameters, as the call has them
   * @returns whether it did
   */
  instead?: (values: readonly number[], recording: Recording) => boolean;
  /** Run one after the other, with the same parameters. */
  passes: readonly Pass[];
}

/** `x`, a batch of images. */
export function readsImages({
  x = 0,
  batch = 0,
  inHeight = 0,
  inWidth = 0,
  channels = 0,
}: Arguments) {
  return [[x, batch * inHeight * inWidth * channels]] as const;
}

/** Where calls are noted (recorder.ts). */
export interface Recording {
  readonly kernels: Kernels;
  /** A shader that is no plan's kernel. @param values its parameters; places in bytes */
  record(name: string, shader: Shader, values: readonly number[]): void;
}

export type Shaders = Partial<Record<keyof Kernels, Shader>>;

/** A kernel's call, as it is noted. */
export interface Call {
  name: string;
  shader: Shader;
  /** By name; places in floats. */
  p: Record<string, number>;
}

/** What an ending adds: 0 for none; `endKind` is a place in models/spec.ts's list of activations. */
export const endingParts = ['endBias', 'endKind', 'endPlace'] as const;

/** Members of `p`, in their order. */
export function membersOf(shader: Shader): string[] {
  return [
    'spare',
    ...shader.parameters.flatMap((name) => (name === 'window' ? windowParts : [name])),
    ...(shader.derived ?? []),
    ...(shader.hasEnding ? endingParts : []),
    ...(shader.givesLoss ? ['loss'] : []),
  ];
}

/** What a pass is written for. */
export interface Dialect {
  hasSubgroups: boolean;
  /** What products hold their sides' tiles as. */
  tile: TileType;
}

/** A pass as a whole: the heap, its parameters, the batch's rows, and the data that they are taken from. */
export function sourceOf(shader: Shader, pass: Pass, dialect: Dialect): string {
  return `${enablesOf(pass, dialect)}${structOf(shader, membersOf(shader))}
@group(0) @binding(0) var<storage, read_write> heap: array<f32>;
@group(0) @binding(1) var<uniform> p: Parameters;
@group(0) @binding(2) var<storage, read> list: array<u32>;
@group(0) @binding(3) var<storage, read> data: array<f32>;
${codeOf(pass, dialect)}`;
}

function enablesOf({ reduction, hasTiles }: Pass, { hasSubgroups, tile }: Dialect): string {
  return [
    reduction && hasSubgroups ? 'enable subgroups;\n' : '',
    hasTiles && tile === 'f16' ? 'enable f16;\n' : '',
  ].join('');
}

/** Its code with all that it calls. */
export function codeOf(
  { code, reduction, hasTiles = false }: Pass,
  { hasSubgroups, tile }: Dialect,
): string {
  return [
    reduction ? reductionCode(reduction, hasSubgroups) : '',
    hasTiles ? tileHead(tile) : '',
    code,
  ].join('');
}

/** Declares the type of `p`. */
export function structOf({ floats }: Shader, members: readonly string[]): string {
  const lines = members.map((name) => `  ${name}: ${floats?.includes(name) ? 'f32' : 'i32'},`);
  return `struct Parameters {\n${lines.join('\n')}\n}\n`;
}

const threads = 256;
/** WebGPU's least limit is 65,535 a dimension. */
export const mostGroups = 32_768;

/**
 * A pass that does `body` for each `i` below the product of `counts` (names of parameters), a thread each.
 * @param before functions that the body calls
 */
export function each(name: string, counts: readonly string[], body: string, before = ''): Pass {
  return {
    name,
    code: `${before}
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let count = ${counts.map((factor) => `p.${factor}`).join(' * ')};
  for (var i = i32(id.x); i < count; i += i32(groups.x) * ${threads}) {
    ${body}
  }
}
`,
    workgroups: (p) => {
      const count = counts.reduce((product, factor) => product * (p[factor] ?? 0), 1);
      return [Math.min(mostGroups, Math.ceil(count / threads))];
    },
  };
}

/** A workgroup a line, in two dimensions where one is too short; `line` in the code is lineCode. */
export function lineGroups(lines: number): [number, number] {
  return [Math.min(mostGroups, lines), Math.ceil(lines / mostGroups)];
}

/** Of `group`, the workgroup's id: see lineGroups. */
export const lineCode = `i32(group.y) * ${mostGroups} + i32(group.x)`;
