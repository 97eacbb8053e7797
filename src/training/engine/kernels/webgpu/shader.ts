/**
 * A training kernel on WebGPU: the kernel of the same name in <name>/assembly.ts, with the same parameters. Buffers
 * are places in one heap, as in WebAssembly's memory, so that plans (plan/*.ts) serve both: there a call computes,
 * here it is recorded once and replayed at every step.
 */
export interface Shader {
  /** In the kernel's order, `accumulate` and other flags among them (0 or 1), without `scratch`. */
  parameters: readonly string[];
  /** Which of them are places in the heap: bytes in the call, floats (a quarter) in the shader. */
  places: readonly string[];
  /** Which of them are f32; all others are i32. */
  floats?: readonly string[];
  /**
   * WGSL after the common head, which declares `var<storage, read_write> heap: array<f32>` and `var<uniform> p` with
   * the parameters as members. A parameter `window` becomes eleven, `window_inHeight` … `window_left`
   * (models/window.ts, `channels` third, as convolution/assembly.ts has them). Whole numbers that are kept in the
   * heap are kept as floats, exact below 2²⁴.
   */
  code: string;
  /** How many workgroups, from the call's arguments (places in floats). */
  workgroups: (arguments_: Readonly<Record<string, number>>) => [number, number?, number?];
}

/** Kernels by name; several shaders run one after the other. */
export type Shaders = Record<string, Shader | readonly Shader[]>;
