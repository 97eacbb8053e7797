/**
 * A network's answers by a plan of WebAssembly kernels: warm, synchronous, without a tensor. A small network answers
 * one example in microseconds.
 */
import type { NetworkSpec, PackedWeights } from '../../../models/spec.ts';
import { planNetwork, type NetworkPlan } from './plan/network-plan.ts';
import { NoPlan } from './plan/layer-plan.ts';
import { countWorkspace, WasmWorkspace } from './wasm-workspace.ts';
import { OutOfWorkspace } from './workspace.ts';

export interface PlannedForward {
  /** Most rows that `run` takes. */
  rows: number;
  load(weights: PackedWeights): void;
  /** An array a variable. */
  loadArrays(values: readonly Float32Array[]): void;
  /** @param x [count, …inputShape] @returns [count, outputs]: a view that the next call overwrites */
  run(x: ArrayLike<number>, count: number): Float32Array;
}

/** Null for a network that doesn't fit or has layers without kernels, or where WebAssembly has no vectors. */
export function createPlannedForward(spec: NetworkSpec, rows: number): PlannedForward | null {
  const workspace = WasmWorkspace.start();
  if (!workspace) return null;
  let plan: NetworkPlan;
  try {
    plan = planNetwork(spec, { rows, isTraining: false }, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace || error instanceof NoPlan) return null;
    throw error;
  }
  const { floats } = workspace;
  return {
    rows,
    loadArrays(values) {
      plan.parameters.forEach(({ at }, i) => floats.set(values[i] ?? [], at / 4));
    },
    load({ bytes }) {
      const values = new Float32Array(bytes);
      let from = 0;
      for (const { at, size } of plan.parameters) {
        floats.set(values.subarray(from, from + size), at / 4);
        from += size;
      }
    },
    run(x, count) {
      floats.set(x, plan.input / 4);
      plan.forward(count);
      const { at, size } = plan.output;
      return floats.subarray(at / 4, at / 4 + count * size);
    },
  };
}

/** Bytes of its buffers. */
export function plannedForwardBytes(spec: NetworkSpec, rows: number): number {
  const counted = countWorkspace((workspace) =>
    planNetwork(spec, { rows, isTraining: false }, workspace),
  );
  return counted?.bytes ?? 0;
}
