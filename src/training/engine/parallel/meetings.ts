/**
 * What all workers of a run do together over the memory that they share, each in the same way: sums are in the order
 * of the workers, so that everyone has the same weights to the last bit, in every run.
 */
import type { WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import type { Board, Waiting } from './board.ts';

/** The sum of all gradients takes the place of the worker's own. @returns the losses of all workers */
export function* sumGradients(
  plan: WasmStepPlan,
  board: Board,
  worker: number,
  loss: number,
): Waiting<number> {
  const { gradients } = plan;
  board.place(worker, gradients.length).set(gradients);
  board.writeLosses([loss]);
  yield* board.meet();
  let sum = 0;
  for (let other = 0; other < board.shape.workers; other++) {
    const placed = board.placed(other, gradients.length);
    if (other > 0) plan.addGradients(placed);
    else if (worker > 0) gradients.set(placed);
    sum += board.readLosses(other, 1)[0] ?? 0;
  }
  return sum;
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
