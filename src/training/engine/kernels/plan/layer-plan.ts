/** What one layer's plan is made from, and what it gives. */
import type { Workspace } from '../workspace.ts';

export interface Place {
  /** In bytes: [rows, …shape]. */
  at: number;
  /** Of one example. */
  shape: readonly number[];
  /** Floats of one example. */
  size: number;
}

export interface SlopePlace {
  /** In bytes; 0 where nothing before is learned. */
  at: number;
  /** Whether another layer has written its share already. */
  isAdded: boolean;
}

/** What the masks of a step are drawn from. */
export interface Draw {
  key: number;
  /** The first row's place in the whole batch. */
  offset: number;
}

export interface LayerJob {
  /** In the network. */
  place: number;
  /** Most rows of a batch. */
  rows: number;
  isTraining: boolean;
  inputs: readonly Place[];
  output: Place;
  /** In bytes, in the order of layer-parameters.ts. Kept state has no gradient: 0. */
  parameters: readonly number[];
  gradients: readonly number[];
  /** [rows, steps] in bytes, 1 at steps and 0 at padding; 0 where all count. */
  mask: number;
  /** Where an embedding is to write its own; else 0. */
  ownMask: number;
  /** Gradients of the inputs, to be written, and of the output, which may be spoilt. */
  inputSlopes: readonly SlopePlace[];
  outputSlope: number;
  draw: Draw;
}

export interface LayerCalls {
  forward(rows: number): void;
  backward(rows: number): void;
}

/** There are no kernels for what is asked; the caller takes another way. */
export class NoPlan extends Error {}

export type PlanLayer<Spec> = (spec: Spec, job: LayerJob, workspace: Workspace) => LayerCalls;

/** @throws Error for a part that a layer can't do without */
export function the<T>(parts: readonly T[], index = 0): T {
  const part = parts[index];
  if (part === undefined) throw new Error(`a layer's plan was given no part ${index}`);
  return part;
}

/** Last dimension, and how many places have one, of one example. */
export function lastDimension({ shape, size }: Place): { width: number; places: number } {
  const width = shape.at(-1) ?? 1;
  return { width, places: size / Math.max(1, width) };
}
