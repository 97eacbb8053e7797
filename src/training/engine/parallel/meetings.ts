/**
 * What all workers of a run do together over the memory that they share, each in the same way: sums are in the order
 * of the workers, so that everyone has the same weights to the last bit, in every run.
 */
import { the } from '../kernels/plan/layer-plan.ts';
import type { Slice } from '../kernels/update/plan.ts';
import type { WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import type { Board, Waiting } from './board.ts';
import { sliceOf } from './protocol.ts';

/** The update by the sum of all gradients. @returns the losses of all workers */
export function* updateTogether(
  plan: WasmStepPlan,
  board: Board,
  worker: number,
  { loss, learningRate }: { loss: number; learningRate: number },
): Waiting<number> {
  if (board.shape.sharesUpdate)
    return yield* updateBySlices(plan, board, worker, { loss, learningRate });
  const { gradients } = plan;
  board.place(worker, gradients.length).set(gradients);
  board.writeLosses([loss]);
  yield* board.meet();
  for (let other = 0; other < board.shape.workers; other++) {
    const placed = board.placed(other, gradients.length);
    if (other > 0) plan.addGradients(placed);
    else if (worker > 0) gradients.set(placed);
  }
  const sum = lossOfAll(board);
  plan.update(learningRate);
  return sum;
}

/** Each worker sums and updates a slice, and takes the others' weights over: the same to the last bit, for less work. */
function* updateBySlices(
  plan: WasmStepPlan,
  board: Board,
  worker: number,
  { loss, learningRate }: { loss: number; learningRate: number },
): Waiting<number> {
  const { workers } = board.shape;
  const { gradients, padded } = plan;
  const weights = the(plan.state);
  const slices = Array.from({ length: workers }, (_, i) => sliceOf(padded, i, workers));
  const own = the(slices, worker);
  const of = (values: Float32Array, [from, to]: Slice) => values.subarray(from, to);
  const place = board.place(worker, gradients.length);
  slices.forEach((slice, i) => i !== worker && of(place, slice).set(of(gradients, slice)));
  board.writeLosses([loss]);
  yield* board.meet();
  const parts = slices.map((_, i) => of(board.placed(i, gradients.length), own));
  plan.sumSlice(own, parts, worker);
  const sum = lossOfAll(board);
  plan.updateSlice(own, learningRate);
  of(board.place(worker, weights.length), own).set(of(weights, own));
  yield* board.meet();
  slices.forEach((slice, i) => {
    if (i !== worker) of(weights, slice).set(of(board.placed(i, weights.length), slice));
  });
  return sum;
}

function lossOfAll(board: Board): number {
  let sum = 0;
  for (let worker = 0; worker < board.shape.workers; worker++)
    sum += board.readLosses(worker, 1)[0] ?? 0;
  return sum;
}

/** The owner is given what the others' optimisers keep of their slices. */
export function* gatherSlots(plan: WasmStepPlan, board: Board, worker: number): Waiting<void> {
  const { workers } = board.shape;
  for (const values of plan.state.slice(2)) {
    const [from, to] = sliceOf(plan.padded, worker, workers);
    if (worker > 0)
      board.place(worker, values.length).subarray(from, to).set(values.subarray(from, to));
    yield* board.meet();
    for (let other = 1; worker === 0 && other < workers; other++) {
      const [first, last] = sliceOf(plan.padded, other, workers);
      values.subarray(first, last).set(board.placed(other, values.length).subarray(first, last));
    }
  }
}

/**
 * Everyone's state becomes the mix of all.
 * @param counts how many losses each worker has to tell, where one wants to know
 * @returns the losses of each worker
 */
export function* averageStates(
  plan: WasmStepPlan,
  board: Board,
  own: { worker: number; losses: number[]; factors: number[]; steps: number },
  counts: readonly number[] = [],
): Waiting<number[][]> {
  const { workers } = board.shape;
  let told: number[][] = [];
  board.writeLosses(own.losses);
  for (const [i, part] of plan.state.entries()) {
    board.place(own.worker, part.length).set(part);
    yield* board.meet();
    if (i === 0) told = counts.map((count, other) => board.readLosses(other, count));
    const parts = Array.from({ length: workers }, (_, other) => board.placed(other, part.length));
    plan.mixState(i, parts, own.factors);
  }
  plan.steps = own.steps;
  return told;
}

/** The owner's state becomes everyone's. */
export function* loadState(
  plan: WasmStepPlan,
  board: Board,
  worker: number,
  steps: number,
): Waiting<void> {
  for (const part of plan.state) {
    if (worker === 0) board.place(0, part.length).set(part);
    yield* board.meet();
    if (worker > 0) part.set(board.placed(0, part.length));
  }
  plan.steps = steps;
}
