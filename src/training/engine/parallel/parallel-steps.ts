/**
 * Training steps by several workers, each with the whole plan in a memory of its own. Every batch is shared out, and
 * the gradients are summed before each update: the same result as one worker has, up to rounding. Or, where
 * `averageEvery` is k > 1, each makes k steps by batches of its own, and then weights and what the optimiser keeps are
 * averaged (local SGD; Stich 2019, "Local SGD converges fast and communicates little").
 */
import type { Random } from '../../../lib/random.ts';
import type { NetworkSpec } from '../../../models/spec.ts';
import type { StartHelper } from '../../helper-port.ts';
import { WasmWorkspace } from '../kernels/wasm-workspace.ts';
import { OutOfWorkspace } from '../kernels/workspace.ts';
import { kernelModule } from '../kernels/kernels.ts';
import { networkState } from '../kernels/planned-steps.ts';
import { planWasmStep, type WasmStepPlan } from '../kernels/wasm-step-plan.ts';
import type { TrainingRows } from '../batches.ts';
import type { StepJob, StepRunner } from '../steps.ts';
import { Board } from './board.ts';
import { startHelpers, type Crew } from './crew.ts';
import { messageCrew } from './message-crew.ts';
import { shareOf, type BoardShape } from './protocol.ts';
import { sharedCrew } from './shared-crew.ts';

export interface ParallelOptions {
  /** In all, the owner among them; 2 or more. */
  workers: number;
  /** Steps between two averages; 1: gradients are summed in each. */
  averageEvery: number;
  startHelper: StartHelper;
  /** Whether memory can be shared. */
  isShared?: boolean;
  /** Weights from which on each worker updates a slice of them; absent: as usual. */
  sharedUpdateFrom?: number;
}

/** Fewer weights are updated by everyone in less time than a further meeting takes. */
const sharedUpdateFrom = 2 ** 15;

/**
 * Whether shares of a batch give what the batch gives. Batch norm's mean and variance are of the whole batch: shared
 * out, it would cost a meeting a layer each way. Workers that only average have whole batches each.
 */
export function canShareOut({ layers }: NetworkSpec, averageEvery: number): boolean {
  return averageEvery > 1 || !layers.some(({ type }) => type === 'batch-norm');
}

/**
 * Null where one worker is all there can be: no vectors, no room, or a network whose batches can't be shared out.
 * @throws StudioError `internal` when a helper can't be started
 */
export async function createParallelSteps(
  job: StepJob,
  options: ParallelOptions,
): Promise<StepRunner | null> {
  const { workers, averageEvery } = options;
  const { spec } = job.network;
  if (!canShareOut(spec, averageEvery)) return null;
  const module = kernelModule();
  const workspace = WasmWorkspace.start();
  if (!module || !workspace) return null;
  const most = Math.min(job.config.batchSize, job.train.targets.values.length);
  const { optimizer, l1, clipping } = job.config;
  const isShared = options.isShared ?? globalThis.crossOriginIsolated;
  const plan = {
    ...{ spec, l2: job.l2, train: isShared ? sharedRows(job.train) : job.train },
    config: { optimizer, l1, clipping },
    mostRows: averageEvery === 1 ? shareOf(most, 0, workers)[1] : most,
    ...(job.microBatch !== undefined && { microBatch: job.microBatch }),
  };
  let own: WasmStepPlan;
  try {
    own = planWasmStep({ ...plan, isOneOfSeveral: true }, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace) return null;
    throw error;
  }
  const shape: BoardShape = {
    ...{ workers, mostRows: plan.mostRows },
    capacity: 2 ** Math.ceil(Math.log2(averageEvery + 1)),
    size: Math.max(...own.state.map(({ length }) => length)),
    // The norm of all gradients would cost a meeting more.
    sharesUpdate:
      averageEvery === 1 &&
      clipping?.type !== 'norm' &&
      own.gradients.length >= (options.sharedUpdateFrom ?? sharedUpdateFrom),
  };
  const board = isShared ? new Board(shape, 0) : null;
  const helpers = await startHelpers(options.startHelper, {
    ...{ workers, module, plan },
    board: board && { shape, buffer: board.buffer },
  });
  const crew = board ? sharedCrew(own, board, helpers) : messageCrew(own, helpers);
  return runnerOf(job, own, crew, options);
}

function runnerOf(
  job: StepJob,
  plan: WasmStepPlan,
  crew: Crew,
  { workers, averageEvery }: ParallelOptions,
): StepRunner {
  const steps =
    averageEvery === 1
      ? summedSteps(plan, crew, workers)
      : localSteps(plan, crew, workers, averageEvery);
  const own = networkState(job.network, plan);
  let isStale = true;
  let pending: Promise<void> | null = null;
  /** @returns what masks are drawn from */
  const begin = (dropout: Random) => {
    if (isStale) crew.load();
    isStale = false;
    return plan.hasDropout ? dropout.word() : 0;
  };
  return {
    get pending() {
      return pending;
    },
    get unread() {
      return steps.losses.length;
    },
    get isBetweenAverages() {
      return steps.isBetweenAverages;
    },
    step(batch, learningRate, dropout) {
      pending = steps.step(batch, learningRate, begin(dropout)) ?? null;
    },
    // Helpers wait meanwhile.
    *stepInParts(batch, learningRate, dropout) {
      pending = (yield* steps.stepInParts(batch, learningRate, begin(dropout))) ?? null;
    },
    readLosses: () => Promise.resolve(steps.losses.splice(0)),
    async loadWeights() {
      await steps.settle();
      await own.loadWeights();
      isStale = true;
    },
    async storeWeights() {
      await steps.settle();
      await own.storeWeights();
    },
    async readWeights() {
      await steps.settle();
      return own.readWeights();
    },
    async saveOptimizer() {
      await steps.settle();
      crew.gather();
      return own.saveOptimizer();
    },
    restoreOptimizer(state) {
      own.restoreOptimizer(state);
      isStale = true;
    },
    dispose: () => crew.end(),
  };
}

interface Steps {
  losses: { sum: number; rows: number }[];
  readonly isBetweenAverages: boolean;
  step(batch: Uint32Array, learningRate: number, key: number): void | Promise<void>;
  stepInParts(
    batch: Uint32Array,
    learningRate: number,
    key: number,
  ): Generator<undefined, void | Promise<void>, undefined>;
  /** Everyone has the same weights then. */
  settle(): void | Promise<void>;
}

function summedSteps(plan: WasmStepPlan, crew: Crew, workers: number): Steps {
  const losses: Steps['losses'] = [];
  /** Gives the helpers their shares. @returns the owner's own */
  const shareOut = (batch: Uint32Array, learningRate: number, key: number) => {
    const of = batch.length;
    for (let worker = 1; worker < workers; worker++) {
      const [from, to] = shareOf(of, worker, workers);
      const rows = batch.subarray(from, to);
      crew.send(worker, { type: 'share', rows, place: { from, of, key }, learningRate });
    }
    return { rows: batch.subarray(0, shareOf(of, 0, workers)[1]), place: { from: 0, of, key } };
  };
  const finish = (batch: Uint32Array, learningRate: number, loss: number) =>
    after(crew.update(loss, learningRate), (sum) => {
      losses.push({ sum, rows: batch.length });
    });
  return {
    losses,
    isBetweenAverages: false,
    step(batch, learningRate, key) {
      const { rows, place } = shareOut(batch, learningRate, key);
      return finish(batch, learningRate, plan.gradient(rows, place));
    },
    *stepInParts(batch, learningRate, key) {
      const { rows, place } = shareOut(batch, learningRate, key);
      return finish(batch, learningRate, yield* plan.gradientInParts(rows, place));
    },
    settle: () => undefined,
  };
}

/** Batches go to the helpers in turn, and then to the owner, so that they begin before it is busy itself. */
function localSteps(plan: WasmStepPlan, crew: Crew, workers: number, averageEvery: number): Steps {
  const losses: Steps['losses'] = [];
  let made: { worker: number; rows: number }[] = [];
  let own: number[] = [];
  let ownSteps = 0;
  const average = (): void | Promise<void> => {
    const byWorker = Array.from({ length: workers }, (_, worker) =>
      made.filter((step) => step.worker === worker),
    );
    const total = made.reduce((sum, { rows }) => sum + rows, 0);
    // A round that an epoch's end cuts short: who has seen less counts for less.
    const factors = byWorker.map((steps) => steps.reduce((sum, { rows }) => sum + rows / total, 0));
    const counts = byWorker.map(({ length }) => length);
    const steps = plan.steps - ownSteps + Math.max(...counts);
    const round = made;
    const told = crew.average({ factors, steps, losses: own, counts });
    made = [];
    own = [];
    ownSteps = 0;
    return after(told, (all) => {
      const next = new Array<number>(workers).fill(0);
      for (const { worker, rows } of round) {
        const place = next[worker] ?? 0;
        next[worker] = place + 1;
        losses.push({ sum: all[worker]?.[place] ?? NaN, rows });
      }
    });
  };
  const placeOf = (batch: Uint32Array, key: number) => ({ from: 0, of: batch.length, key });
  const next = () => (made.length + 1) % workers;
  const isOwn = () => next() === 0;
  const give = (batch: Uint32Array, learningRate: number, key: number) => {
    const worker = next();
    crew.send(worker, { type: 'step', rows: batch, place: placeOf(batch, key), learningRate });
    made.push({ worker, rows: batch.length });
  };
  const endOwn = (batch: Uint32Array, learningRate: number, loss: number) => {
    plan.update(learningRate);
    own.push(loss);
    ownSteps++;
    made.push({ worker: 0, rows: batch.length });
  };
  const endRound = () => (made.length === workers * averageEvery ? average() : undefined);
  return {
    losses,
    get isBetweenAverages() {
      return made.length > 0;
    },
    step(batch, learningRate, key) {
      if (isOwn()) endOwn(batch, learningRate, plan.gradient(batch, placeOf(batch, key)));
      else give(batch, learningRate, key);
      return endRound();
    },
    *stepInParts(batch, learningRate, key) {
      if (isOwn())
        endOwn(batch, learningRate, yield* plan.gradientInParts(batch, placeOf(batch, key)));
      else give(batch, learningRate, key);
      return endRound();
    },
    settle: () => (made.length > 0 ? average() : undefined),
  };
}

function after<T>(value: T | Promise<T>, then: (value: T) => void): void | Promise<void> {
  if (value instanceof Promise) return value.then(then);
  then(value);
}

/** The same rows in memory that workers needn't copy. */
function sharedRows({ features, width, targets, weights }: TrainingRows): TrainingRows {
  const shared = <T extends Float32Array | Float64Array | Int32Array>(values: T): T => {
    const buffer = new SharedArrayBuffer(values.byteLength);
    const Values = values.constructor as new (buffer: SharedArrayBuffer) => T; // its own kind
    const copy = new Values(buffer);
    copy.set(values);
    return copy;
  };
  return {
    ...{ features: shared(features), width },
    targets:
      targets.type === 'classes'
        ? { ...targets, values: shared(targets.values) }
        : { ...targets, values: shared(targets.values) },
    weights: weights && shared(weights),
  };
}
