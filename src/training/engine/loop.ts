/**
 * Mini-batch training of a network. Its own loop, because a run must be held, resumed to the bit and heard
 * of without a frame or a timer in between. Nothing here knows where data or checkpoints are kept, nor what to do
 * about a failure. Longer than other files, since all of it works on one state.
 */
import { reviveError, type StudioError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import type { RunControl } from '../control.ts';
import type { SaveCheckpoint } from '../pipeline.ts';
import type { BackendReason, RunEvent, RunOutcome, WorkersChoice } from '../run.ts';
import { createSchedule } from '../schedules.ts';
import type { TrainingRows } from './batches.ts';
import { Breath, Stopped } from './breath.ts';
import {
  checkpointBytes,
  decodeCheckpoint,
  encodeCheckpoint,
  type LoopState,
} from './checkpoint.ts';
import { Checkpointer, type Spare } from './checkpointer.ts';
import type { DeviceWatch } from './device-watch.ts';
import { slotsOf } from './kernels/update/plan.ts';
import { LossScale } from './loss-scale.ts';
import { openStepRunner } from './step-runner.ts';
import { stepsOfEpoch, type StepJob } from './steps.ts';
import { createWatch } from './watch.ts';

export interface LoopJob extends StepJob {
  reason: BackendReason;
  /** Absent: one. */
  workers?: WorkersChoice;
  validation: TrainingRows | null;
  control: RunControl;
  emit: (event: RunEvent) => void;
  checkpoint: ArrayBuffer | null;
  saveCheckpoint: SaveCheckpoint;
  /** Unless told otherwise 3,000, or more where storing one takes long. */
  checkpointEveryMs?: number;
  device: DeviceWatch;
}

export interface LoopResult {
  outcome: RunOutcome;
  bestEpoch: number;
  /** Of a run that diverged: a checkpoint whose losses were still numbers, where one was taken. */
  lastGood: ArrayBuffer | null;
}

/** A run that broke off, and from where it can go on. */
export class BrokenRun extends Error {
  override readonly cause: StudioError;
  /** Null: from where it started. */
  readonly checkpoint: ArrayBuffer | null;

  constructor(cause: StudioError, checkpoint: ArrayBuffer | null) {
    super(cause.message);
    this.cause = cause;
    this.checkpoint = checkpoint;
  }
}

const progressEveryMs = 200;
/** Losses stay on the device for so many steps: reading one waits for all that was queued. */
const lossesKept = 20;
/** What is queued on a device is to take no longer. */
const queuedMs = 100;
/** A step that takes longer is taken in parts, so that a run can be held in the middle of it. */
const longStepMs = 30;

/**
 * Leaves the network with its best weights.
 * @throws StudioError `corrupt` for a damaged checkpoint; BrokenRun for whatever else went wrong
 */
export async function runLoop(job: LoopJob): Promise<LoopResult> {
  const { network, config, train, control, emit, device } = job;
  const n = train.targets.values.length;
  const batchSize = Math.min(config.batchSize, n);
  const stepsPerEpoch = stepsOfEpoch(network.spec, n, batchSize);
  const lossScale = config.lossScaling === 'dynamic' ? LossScale.dynamic() : null;
  const steps = await openStepRunner({ ...job, ...(lossScale && { lossScale }) });
  const schedule = createSchedule(config.schedule, config.epochs);
  const watch = await createWatch(network, job.backend, train, job.validation).catch(
    (error: unknown) => {
      steps.dispose();
      throw error;
    },
  );
  const trainable = network.trainable.reduce((sum, { variable }) => sum + variable.size, 0);
  const all = network.variables.reduce((sum, { size }) => sum + size, 0);
  const slots = slotsOf(config.optimizer).length * trainable;
  const checkpoints = new Checkpointer(job.saveCheckpoint, checkpointBytes(all, slots));
  let shuffle = new Random(config.seed, 'shuffle');
  let dropout = new Random(config.seed, 'dropout');
  let state: LoopState = {
    epoch: 0,
    step: 0,
    lossSum: 0,
    lossRows: 0,
    seconds: 0,
    shuffle: shuffle.save(),
    order: shuffle.save(),
    dropout: dropout.save(),
    optimizerSteps: 0,
    workers: job.crew?.workers ?? 1,
    best: { epoch: 0, loss: Infinity, waited: 0 },
    schedule: schedule.save(),
  };
  let best: Float32Array = new Float32Array((await network.pack()).bytes);
  let lastCheckpoint = performance.now();
  let lastProgress = 0;
  let clockFrom = performance.now();
  let stepsDone = 0;
  let rowsDone = 0;
  /** The mean of the last steps whose losses are known; null before any is. */
  let knownLoss: number | null = null;
  let secondsBefore = 0;
  let stepMs = Infinity;
  let mostUnread = lossesKept;
  /** Once it stands where it goes on from, what it did since is worth rescuing. */
  let isUnderWay = false;
  const breath = new Breath(control, (ms) => (clockFrom += ms)); // a pause is no training time

  const seconds = () => state.seconds + (performance.now() - clockFrom) / 1000;

  const restore = async (bytes: ArrayBuffer) => {
    const checkpoint = decodeCheckpoint(bytes);
    ({ state, best } = checkpoint);
    unpack(checkpoint.weights);
    await steps.loadWeights();
    steps.restoreOptimizer({ steps: state.optimizerSteps, slots: checkpoint.slots });
    schedule.restore(state.schedule);
    if (state.lossScale) lossScale?.restore(state.lossScale);
    shuffle = Random.restore(state.shuffle);
    dropout = Random.restore(state.dropout);
    secondsBefore = state.seconds;
  };

  /** After the losses were read, between two steps. */
  const capture = async (spare: Spare | null) => {
    const weights = await steps.readWeights();
    const optimizer = await steps.saveOptimizer();
    const now = seconds();
    clockFrom = performance.now();
    state = {
      ...state,
      seconds: now,
      shuffle: shuffle.save(),
      dropout: dropout.save(),
      optimizerSteps: optimizer.steps,
      workers: job.crew?.workers ?? 1, // not those that it was begun on, where they failed
      schedule: schedule.save(),
      ...(lossScale && { lossScale: lossScale.save() }),
      on: { backend: job.backend, microBatch: job.microBatch ?? null },
    };
    return encodeCheckpoint({ state, weights, best, slots: optimizer.slots }, spare);
  };

  /** @returns whether all are numbers */
  const readLosses = async (): Promise<boolean> => {
    const count = steps.unread;
    if (count === 0) return true;
    const before = performance.now();
    for (const { sum, rows } of await device.guard(steps.readLosses())) {
      state.lossSum += sum;
      state.lossRows += rows;
    }
    device.check();
    const each = (performance.now() - before) / count;
    mostUnread = Math.max(1, Math.min(lossesKept, Math.floor(queuedMs / each)));
    if (state.lossRows > 0) knownLoss = state.lossSum / state.lossRows;
    const isFinite = Number.isFinite(state.lossSum);
    if (isFinite) checkpoints.prove();
    return isFinite;
  };

  const step = async (rows: Uint32Array) => {
    const rate = config.learningRate * schedule.factor(state.epoch + state.step / stepsPerEpoch);
    const drawn = dropout.save();
    const before = performance.now();
    try {
      if (steps.stepInParts && stepMs > longStepMs)
        await withBreaks(steps.stepInParts(rows, rate, dropout), () => breath.within());
      else steps.step(rows, rate, dropout);
      if (steps.pending) await steps.pending;
    } catch (error) {
      dropout = Random.restore(drawn); // the step will be taken again
      throw error;
    }
    stepMs = performance.now() - before;
    state.step++;
    stepsDone++;
    rowsDone += rows.length;
  };

  const isCheckpointDue = () =>
    !checkpoints.isSaving &&
    !steps.isBetweenAverages &&
    performance.now() - lastCheckpoint >= (job.checkpointEveryMs ?? checkpoints.restMs);

  /** After the losses were read. */
  const saveCheckpoint = async () => {
    await device.guard(checkpoints.take(capture, state.best.epoch));
    lastCheckpoint = performance.now();
  };

  const run = async (): Promise<RunOutcome> => {
    while (state.epoch < config.epochs) {
      if (state.step === 0) state.order = shuffle.save();
      // Workers that average have the same weights now; within a short epoch never.
      if (isCheckpointDue()) await saveCheckpoint();
      const order = shuffledOrder(n, Random.restore(state.order), shuffle, state.step === 0);
      while (state.step < stepsPerEpoch) {
        const at = state.step * batchSize;
        await step(order.subarray(at, Math.min(n, at + batchSize)));
        const now = performance.now();
        const isTold = now - lastProgress > progressEveryMs;
        const isKept = isCheckpointDue();
        if (isTold || isKept || steps.unread >= mostUnread)
          if (!(await readLosses())) return 'diverged';
        // Workers that average tell no loss before they do.
        if (isTold && knownLoss !== null) {
          lastProgress = now;
          emit(progressOf(knownLoss));
        }
        if (isKept) await saveCheckpoint();
        checkpoints.prepare();
        await breath.betweenSteps();
      }
      if (!(await readLosses())) return 'diverged';
      const ended = await endEpoch();
      if (ended) return ended;
    }
    return 'completed';
  };

  const endEpoch = async (): Promise<RunOutcome | null> => {
    const epoch = state.epoch + 1;
    const { trained, validation } = await device.guard(watch.measure(steps, () => breath.within()));
    const loss = (validation ?? trained)['loss'] ?? NaN;
    if (!Number.isFinite(loss)) return 'diverged';
    const isBest = loss < state.best.loss - (config.earlyStopping?.minDelta ?? 0);
    if (isBest) best = joined(await device.guard(steps.readWeights()));
    device.check();
    const rate = config.learningRate * schedule.factor(epoch - 1 / stepsPerEpoch);
    schedule.observe(loss);
    state = {
      ...state,
      epoch,
      step: 0,
      lossSum: 0,
      lossRows: 0,
      best: isBest ? { epoch, loss, waited: 0 } : { ...state.best, waited: state.best.waited + 1 },
    };
    emit({
      type: 'epoch',
      epoch,
      best: isBest,
      train: trained,
      ...(validation && { validation }),
      learningRate: rate,
      seconds: seconds(),
    });
    const { earlyStopping } = config;
    return earlyStopping && state.best.waited >= earlyStopping.patience ? 'early-stopped' : null;
  };

  const progressOf = (loss: number): RunEvent => {
    const spent = Math.max(1e-3, seconds() - secondsBefore);
    const stepsPerSecond = stepsDone / spent;
    const left = config.epochs * stepsPerEpoch - state.epoch * stepsPerEpoch - state.step;
    return {
      type: 'progress',
      epoch: state.epoch + 1,
      step: state.step,
      loss,
      examplesPerSecond: rowsDone / spent,
      secondsLeft: left / Math.max(1e-9, stepsPerSecond),
    };
  };

  /** From the newest state that there is, where it can still be read. */
  const rescue = async (): Promise<ArrayBuffer | null> => {
    if (!isUnderWay) return null;
    try {
      device.check();
      if (await readLosses()) return await device.guard(capture(null));
    } catch {
      // what was kept a moment ago must do
    }
    return checkpoints.lastGood();
  };

  const unpack = (weights: Float32Array) => {
    const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
    network.load({ tensors, bytes: new Float32Array(weights).buffer });
  };

  try {
    await steps.loadWeights();
    if (job.checkpoint) await restore(job.checkpoint);
    isUnderWay = true;
    emit({
      type: 'started',
      backend: job.backend,
      reason: job.reason,
      ...(job.workers && { workers: job.workers }),
      parameters: trainable,
      stepsPerEpoch,
      epoch: state.epoch,
    });
    if (config.precision === 'mixed' && steps.precision !== 'mixed') {
      const { backend } = job;
      const notice = { type: 'single-precision', epoch: state.epoch + 1, backend } as const;
      emit({ type: 'notice', notice });
    }
    const outcome = await run().catch((error: unknown): RunOutcome => {
      if (error instanceof Stopped) return 'stopped';
      throw error;
    });
    const lastGood = outcome === 'diverged' ? await checkpoints.lastGood() : null;
    if (state.best.epoch === 0 && lastGood) best = decodeCheckpoint(lastGood).weights;
    // Stopped before the first epoch's end: what was learned so far is all there is.
    if (state.best.epoch > 0 || outcome === 'diverged') unpack(best);
    else await steps.storeWeights();
    return { outcome, bestEpoch: state.best.epoch, lastGood };
  } catch (error) {
    const cause = deviceFailure(device) ?? reviveError(error);
    if (cause.code === 'corrupt') throw cause;
    throw new BrokenRun(cause, await rescue());
  } finally {
    steps.dispose();
    watch.dispose();
  }
}

/** What is wrong with the device says more than what failed because of it. */
function deviceFailure(device: DeviceWatch): StudioError | null {
  try {
    device.check();
    return null;
  } catch (error) {
    return reviveError(error);
  }
}

/** Draws from `shuffle` for a new epoch; draws again what was drawn for one that is gone on with. */
function shuffledOrder(n: number, drawn: Random, shuffle: Random, isNew: boolean): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  return (isNew ? shuffle : drawn).shuffle(order);
}

function joined(arrays: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}

async function withBreaks(
  parts: Generator<undefined, void, undefined>,
  between: () => Promise<void>,
) {
  try {
    while (!parts.next().done) await between();
  } finally {
    parts.return();
  }
}
