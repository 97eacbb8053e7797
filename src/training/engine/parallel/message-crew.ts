/** A crew by messages, for pages that aren't isolated: buffers are handed over, and come back. */
import { StudioError } from '../../../lib/errors.ts';
import type { HelperPort } from '../../helper-port.ts';
import type { WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import { endsWithin } from '../patience.ts';
import type { Crew } from './crew.ts';
import type { FromShard, ToShard } from './protocol.ts';

/** A helper that takes so many times as long as this worker, and so long at least, is gone. */
const [patience, leastPatienceMs] = [10, 10_000];

type Told<Type> = Extract<FromShard, { type: Type }>;

export function messageCrew(plan: WasmStepPlan, helpers: readonly HelperPort[]): Crew {
  const mailboxes = helpers.map(mailboxOf);
  /** Since when helpers have something to do. */
  let since: number | null = null;
  /** The answers of all, who had as much to do as this worker meanwhile. */
  const answers = async <Type extends FromShard['type']>(type: Type): Promise<Told<Type>[]> => {
    const own = performance.now() - (since ?? performance.now());
    since = null;
    const told = Promise.all(mailboxes.map((next) => next(type)));
    return endsWithin(
      told,
      Math.max(leastPatienceMs, patience * own),
      () => new StudioError('internal', 'A helper of this run doesn’t answer any more'),
    );
  };
  const post = (helper: HelperPort | undefined, message: ToShard, transfer: Transferable[] = []) =>
    helper?.postMessage(message, transfer);
  const giveState = () => {
    for (const helper of helpers) {
      const state = plan.state.map((part) => part.slice());
      const buffers = state.map(({ buffer }) => buffer);
      post(helper, { type: 'take', state, steps: plan.steps }, buffers);
    }
  };
  return {
    // A part of an array would take the whole of it along.
    send(worker, task) {
      since ??= performance.now();
      post(helpers[worker - 1], { ...task, rows: task.rows.slice() });
    },
    async update(loss, learningRate) {
      const told = await answers('gradient');
      for (const { values } of told) plan.addGradients(values);
      told.forEach(({ values }, i) => {
        values.set(plan.gradients);
        post(helpers[i], { type: 'apply', values }, [values.buffer]);
      });
      plan.update(learningRate);
      return told.reduce((total, { sum }) => total + sum, loss);
    },
    gather: () => undefined, // everyone has all
    async average({ factors, steps, losses }) {
      for (const helper of helpers) post(helper, { type: 'give' });
      const told = await answers('state');
      plan.state.forEach((own, i) => {
        const parts = told.map(({ state }) => state[i] ?? new Float32Array());
        plan.mixState(i, [own.slice(), ...parts], factors);
      });
      plan.steps = steps;
      giveState();
      return [losses, ...told.map((one) => one.losses)];
    },
    load: giveState,
    end() {
      for (const helper of helpers) helper.terminate();
    },
  };
}

/** @returns what waits for a helper's next answer, which must be of that type */
function mailboxOf(
  helper: HelperPort,
): <Type extends FromShard['type']>(type: Type) => Promise<Told<Type>> {
  const arrived: FromShard[] = [];
  let wake: (message: FromShard) => void = (message) => arrived.push(message);
  const deliver = (message: FromShard) => wake(message);
  helper.onmessage = ({ data }: MessageEvent<FromShard>) => deliver(data);
  const fail = (message: string) => deliver({ type: 'failed', message });
  helper.onerror = (event) => {
    event.preventDefault(); // else it is an error of the run's worker too, and ends it
    fail(event.message);
  };
  helper.onmessageerror = () => fail('what it says can’t be read');
  const next = () => {
    const first = arrived.shift();
    if (first) return Promise.resolve(first);
    return new Promise<FromShard>((resolve) => {
      const before = wake;
      wake = (message) => {
        wake = before;
        resolve(message);
      };
    });
  };
  return async <Type extends FromShard['type']>(type: Type) => {
    const message = await next();
    if (message.type === type) return message as Told<Type>; // just compared
    const what = message.type === 'failed' ? message.message : `it said ${message.type}`;
    throw new StudioError('internal', `A helper of this run failed: ${what}`);
  };
}
