/**
 * Kernels that compute nothing when they are called, but are noted: which pipelines run, with which parameters. What
 * was noted becomes one upload and one compute pass (workspace.ts).
 */
import { windowParts } from '../convolution/window-parts.ts';
import type { Kernels } from '../kernels.ts';
import { NoPlan } from '../plan/layer-plan.ts';
import { isMerged } from './merge.ts';
import {
  endingParts,
  membersOf,
  type Call,
  type Pass,
  type Recording,
  type Shader,
} from './shader.ts';
import { shaders } from './shaders.ts';

/** Bytes from one call's parameters to the next: WebGPU's usual alignment of uniforms. */
export const slotBytes = 256;

export class Recorder implements Recording {
  readonly kernels: Kernels;
  /** What the next loss is to be written to, in floats. */
  nextLoss = 0;
  /** Floats of room that passes have among themselves; before it is known, as much as they like. */
  spare = { at: 0, count: Infinity };
  #calls: Call[] = [];
  readonly #windows = new Map<number, readonly number[]>();

  constructor() {
    this.kernels = recordingKernels((name, shader, values) => this.record(name, shader, values));
  }

  get count(): number {
    return this.#calls.length;
  }

  /** As memory holds it at `at`, in bytes. */
  placeWindow(at: number, window: readonly number[]) {
    this.#windows.set(at, window);
  }

  record(name: string, shader: Shader, values: readonly number[]) {
    if (shader.instead?.(values, this)) return;
    const p: Record<string, number> = { spare: this.spare.at };
    shader.parameters.forEach((parameter, i) => {
      const value = values[i] ?? 0;
      if (parameter === 'window')
        this.#windows.get(value)?.forEach((part, k) => (p[windowParts[k] ?? ''] = part));
      else p[parameter] = shader.places.includes(parameter) ? value / 4 : value;
    });
    if (shader.hasEnding) for (const part of endingParts) p[part] = 0;
    if (shader.givesLoss) p['loss'] = this.nextLoss++;
    const call: Call = { name, shader, p };
    const last = this.#calls.at(-1);
    if (last && isMerged(last, call)) return;
    Object.assign(p, shader.derive?.(p, this.spare.count));
    this.#calls.push(call);
  }

  /** What was noted, which is forgotten. */
  take(): Call[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }
}

/** What a call dispatches, in order: its passes that have something to do. */
export function dispatchesOf({
  shader,
  p,
}: Call): { pass: Pass; groups: [number, number, number] }[] {
  return shader.passes.flatMap((pass) => {
    if (pass.isNeeded?.(p) === false) return [];
    const [x, y = 1, z = 1] = pass.workgroups(p);
    return x * y * z > 0 ? [{ pass, groups: [x, y, z] }] : [];
  });
}

/** Writes a call's parameters as the shaders' uniforms have them. @param slot of the two views' buffer, in words */
export function writeCall(
  { shader, p }: Call,
  { words, floats }: { words: Int32Array; floats: Float32Array },
  slot: number,
) {
  layoutOf(shader).forEach(({ name, isFloat }, i) => {
    (isFloat ? floats : words)[slot + i] = p[name] ?? 0;
  });
}

const layouts = new WeakMap<Shader, { name: string; isFloat: boolean }[]>();

function layoutOf(shader: Shader) {
  const known = layouts.get(shader);
  if (known) return known;
  const layout = membersOf(shader).map((name) => ({
    name,
    isFloat: shader.floats?.includes(name) === true,
  }));
  layouts.set(shader, layout);
  return layout;
}

function recordingKernels(
  record: (name: string, shader: Shader, values: readonly number[]) => void,
): Kernels {
  const calls = Object.entries(shaders).map(([name, shader]) => [
    name,
    (...values: number[]) => {
      record(name, shader, values);
      return 0; // losses are read from the device, later
    },
  ]);
  // Passes have room of their own: plans needn't lay any out.
  const scratch = ['attention', 'convolution', 'dense', 'denseGradient', 'gemm', 'recurrent'];
  const none = scratch.map((name) => [`${name}Scratch`, () => 0]);
  const known = Object.fromEntries([...calls, ...none]) as Record<string, unknown>;
  return new Proxy(known, {
    get(target, name: string) {
      const kernel = target[name];
      if (kernel === undefined) throw new NoPlan(`there is no shader for ${name}`);
      return kernel;
    },
  }) as unknown as Kernels; // by name and parameters they are: shaders.ts
}
