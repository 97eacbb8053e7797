/** A crew over memory that all share: a step costs no message, and waits in place. */
import { StudioError } from '../../../lib/errors.ts';
import type { HelperPort } from '../../helper-port.ts';
import type { WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import { inPlace, type Board } from './board.ts';
import type { Crew } from './crew.ts';
import { averageStates, gatherSlots, loadState, updateTogether } from './meetings.ts';
import type { Task } from './protocol.ts';

export function sharedCrew(plan: WasmStepPlan, board: Board, helpers: readonly HelperPort[]): Crew {
  const sendAll = (task: Task) => helpers.forEach((_, i) => inPlace(board.send(i + 1, task)));
  /** Whether what the optimiser keeps is spread over the workers. */
  let isScattered = false;
  /** An update of slices broke off: weights are of two steps. */
  let isTorn = false;
  return {
    send: (worker, task) => inPlace(board.send(worker, task)),
    update(loss, learningRate) {
      isScattered = board.shape.sharesUpdate;
      isTorn = isScattered;
      const sum = inPlace(updateTogether(plan, board, 0, { loss, learningRate }));
      isTorn = false;
      return sum;
    },
    gather() {
      if (isTorn) throw new StudioError('internal', 'A step broke off in the middle of its update');
      if (!isScattered) return;
      sendAll({ type: 'gather' });
      inPlace(gatherSlots(plan, board, 0));
      isScattered = false;
    },
    average({ factors, steps, losses, counts }) {
      sendAll({ type: 'average', factors, steps });
      return inPlace(averageStates(plan, board, { worker: 0, losses, factors, steps }, counts));
    },
    load() {
      isScattered = false;
      sendAll({ type: 'load', steps: plan.steps });
      inPlace(loadState(plan, board, 0, plan.steps));
    },
    end() {
      for (const helper of helpers) helper.terminate();
    },
  };
}
