/** A helper of a run: computes its share of batches, or batches of its own (served by workers/shard.worker.ts). */
import { adoptKernelModule } from '../kernels/kernels.ts';
import { planWasmStep, type WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import { WasmWorkspace } from '../kernels/wasm-workspace.ts';
import { Board, lettingMessagesIn } from './board.ts';
import { averageStates, gatherSlots, loadState, updateTogether } from './meetings.ts';
import type { FromShard, ShardStart, ToShard } from './protocol.ts';

/** As much of a worker's own scope as is used. */
interface Scope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToShard>) => void) | null;
}

export function serveShard(scope: Scope) {
  const reply = (message: FromShard, transfer: Transferable[] = []) =>
    scope.postMessage(message, transfer);
  const fail = (error: unknown) => reply({ type: 'failed', message: String(error) });
  scope.onmessage = ({ data }) => {
    if (data.type !== 'start') return;
    try {
      const plan = planOf(data);
      const { board } = data;
      if (board) {
        reply({ type: 'ready' });
        serveBoard(plan, new Board(board.shape, data.worker, board.buffer), data.worker).catch(
          fail,
        );
      } else {
        const serve = messageServer(plan, reply);
        scope.onmessage = (event) => {
          try {
            serve(event.data);
          } catch (error) {
            fail(error);
          }
        };
        reply({ type: 'ready' });
      }
    } catch (error) {
      fail(error);
    }
  };
}

function planOf({ module, plan }: ShardStart): WasmStepPlan {
  adoptKernelModule(module);
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no WebAssembly vectors');
  return planWasmStep({ ...plan, isOneOfSeveral: true }, workspace);
}

/** Never ends by itself: between tasks the thread sleeps, and whoever ends the run ends the worker. */
async function serveBoard(plan: WasmStepPlan, board: Board, worker: number) {
  let losses: number[] = [];
  try {
    for (;;) {
      const task = await lettingMessagesIn(board.take());
      switch (task.type) {
        case 'share': {
          const loss = plan.gradient(task.rows, task.place);
          const { learningRate } = task;
          await lettingMessagesIn(updateTogether(plan, board, worker, { loss, learningRate }));
          break;
        }
        case 'step':
          losses.push(plan.gradient(task.rows, task.place));
          plan.update(task.learningRate);
          break;
        case 'average':
          await lettingMessagesIn(averageStates(plan, board, { worker, losses, ...task }));
          losses = [];
          break;
        case 'gather':
          await lettingMessagesIn(gatherSlots(plan, board, worker));
          break;
        case 'load':
          await lettingMessagesIn(loadState(plan, board, worker, task.steps));
          break;
        default:
          task satisfies never;
      }
      board.finish();
    }
  } catch (error) {
    board.fail();
    throw error;
  }
}

function messageServer(
  plan: WasmStepPlan,
  reply: (message: FromShard, transfer: Transferable[]) => void,
): (message: ToShard) => void {
  let losses: number[] = [];
  let learningRate = 0;
  return (message) => {
    switch (message.type) {
      case 'share': {
        const sum = plan.gradient(message.rows, message.place);
        ({ learningRate } = message);
        const values = plan.gradients.slice();
        reply({ type: 'gradient', values, sum }, [values.buffer]);
        return;
      }
      case 'apply':
        plan.gradients.set(message.values);
        plan.update(learningRate);
        return;
      case 'step':
        losses.push(plan.gradient(message.rows, message.place));
        plan.update(message.learningRate);
        return;
      case 'give': {
        const state = plan.state.map((part) => part.slice());
        reply(
          { type: 'state', state, losses },
          state.map(({ buffer }) => buffer),
        );
        losses = [];
        return;
      }
      case 'take':
        plan.state.forEach((part, i) => part.set(message.state[i] ?? []));
        plan.steps = message.steps;
        return;
      case 'start':
        throw new Error('started already');
      default:
        message satisfies never;
    }
  };
}
