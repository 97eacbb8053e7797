/** A crew over memory that all share: a step costs no message, and waits in place. */
import type { HelperPort } from '../../helper-port.ts';
import type { WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import { inPlace, type Board } from './board.ts';
import type { Crew } from './crew.ts';
import { averageStates, loadState, sumGradients } from './meetings.ts';
import type { Task } from './protocol.ts';

export function sharedCrew(plan: WasmStepPlan, board: Board, helpers: readonly HelperPort[]): Crew {
  const sendAll = (task: Task) => helpers.forEach((_, i) => inPlace(board.send(i + 1, task)));
  return {
    send: (worker, task) => inPlace(board.send(worker, task)),
    sumGradients: (loss) => inPlace(sumGradients(plan, board, 0, loss)),
    average({ factors, steps, losses, counts }) {
      sendAll({ type: 'average', factors, steps });
      return inPlace(averageStates(plan, board, { worker: 0, losses, factors, steps }, counts));
    },
    load() {
      sendAll({ type: 'load', steps: plan.steps });
      inPlace(loadState(plan, board, 0, plan.steps));
    },
    end() {
      for (const helper of helpers) helper.terminate();
    },
  };
}
