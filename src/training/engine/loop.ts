/**
 * Mini-batch training of a network. Its own loop, because a run must be held, resumed to the bit and heard
 * of without a frame or a timer in between. Nothing here knows where data or checkpoints are kept.
 */
import { Random } from '../../lib/random.ts';
import type { Network } from '../../models/engine/network.ts';
import type { RunControl } from '../control.ts';
import type {
  Backend,
  BackendReason,
  RunConfig,
  RunEvent,
  RunOutcome,
  WorkersChoice,
} from '../run.ts';
import { createSchedule } from '../schedules.ts';
import type { TrainingRows } from './batches.ts';
import { decodeCheckpoint, encodeCheckpoint, type LoopState } from './checkpoint.ts';
import { openStepRunner } from './step-runner.ts';
import type { StepJob } from './steps.ts';
import { createWatch } from './watch.ts';

export interface LoopJob {
  network: Network;
  backend: Backend;
  reason: BackendReason;
  /** Absent: one. */
  workers?: WorkersChoice;
  crew?: NonNullable<StepJob['crew']>;
  config: RunConfig;
  /** The weight of ½ Σw² in the mean loss. */
  l2: number;
  train: TrainingRows;
  validation: TrainingRows | null;
  control: RunControl;
  emit: (event: RunEvent) => void;
  checkpoint: ArrayBuffer | null;
  saveCheckpoint: (bytes: ArrayBuffer) => Promise<void>;
  /** 3,000 unless told otherwise. */
  checkpointEveryMs?: number;
}

export interface LoopResult {
  outcome: RunOutcome;
  bestEpoch: number;
}

const progressEveryMs = 200;
const yieldEveryMs = 30;
/** Losses stay on the device for so many steps: reading one waits for all that was queued. */
const lossesKept = 20;

/** Leaves the network with its best weights. @throws StudioError `corrupt` for a damaged checkpoint */
export async function runLoop(job: LoopJob): Promise<LoopResult> {
  const { network, config, train, control, emit } = job;
  const n = train.targets.values.length;
  const batchSize = Math.min(config.batchSize, n);
  const stepsPerEpoch = Math.ceil(n / batchSize);
  const steps = await openStepRunner(job);
  const schedule = createSchedule(config.schedule, config.epochs);
  const watch = createWatch(network, job.backend, train, job.validation);
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
  await steps.loadWeights();
  let best = await packed(network);
  let lastCheckpoint = performance.now();
  let lastProgress = 0;
  let lastYield = performance.now();
  let resumedAt = performance.now();
  let stepsSinceResume = 0;
  let isSaving = false;

  const seconds = () => state.seconds + (performance.now() - resumedAt) / 1000;

  const restore = async (bytes: ArrayBuffer) => {
    const checkpoint = decodeCheckpoint(bytes);
    ({ state, best } = checkpoint);
    unpack(network, checkpoint.weights);
    await steps.loadWeights();
    steps.restoreOptimizer({ steps: state.optimizerSteps, slots: checkpoint.slots });
    schedule.restore(state.schedule);
    shuffle = Random.restore(state.shuffle);
    dropout = Random.restore(state.dropout);
  };

  const save = async () => {
    await readLosses();
    await steps.storeWeights();
    const optimizer = await steps.saveOptimizer();
    const now = seconds();
    resumedAt = performance.now();
    state = {
      ...state,
      seconds: now,
      shuffle: shuffle.save(),
      dropout: dropout.save(),
      optimizerSteps: optimizer.steps,
      workers: job.crew?.workers ?? 1, // not those that it was begun on, where they failed
      schedule: schedule.save(),
    };
    return encodeCheckpoint({
      state,
      weights: await packed(network),
      best,
      slots: optimizer.slots,
    });
  };

  const saveIfDue = async () => {
    const isDue = performance.now() - lastCheckpoint >= (job.checkpointEveryMs ?? 3000);
    if (!isDue || isSaving || steps.isBetweenAverages) return;
    const bytes = await save();
    lastCheckpoint = performance.now();
    isSaving = true;
    // A full disk must not end the run: that is told when its end can't be stored.
    void job
      .saveCheckpoint(bytes)
      .catch(() => undefined)
      .finally(() => (isSaving = false));
  };

  const readLosses = async () => {
    for (const { sum, rows } of await steps.readLosses()) {
      state.lossSum += sum;
      state.lossRows += rows;
    }
  };

  const step = (rows: Uint32Array) => {
    const epoch = state.epoch + state.step / stepsPerEpoch;
    steps.step(rows, config.learningRate * schedule.factor(epoch), dropout);
  };

  const run = async (): Promise<RunOutcome> => {
    while (state.epoch < config.epochs) {
      if (state.step === 0) state.order = shuffle.save();
      await saveIfDue(); // workers that average have the same weights now; within a short epoch never
      const order = shuffledOrder(n, Random.restore(state.order), shuffle, state.step === 0);
      while (state.step < stepsPerEpoch) {
        const at = state.step * batchSize;
        step(order.subarray(at, Math.min(n, at + batchSize)));
        if (steps.pending) await steps.pending;
        state.step++;
        stepsSinceResume++;
        if (steps.unread >= lossesKept) await readLosses();
        const now = performance.now();
        if (now - lastProgress > progressEveryMs) {
          await readLosses();
          lastProgress = now;
          if (!Number.isFinite(state.lossSum)) return 'diverged';
          emit(progressOf());
        }
        await saveIfDue();
        if (control.isPaused || performance.now() - lastYield > yieldEveryMs) {
          const before = performance.now();
          if ((await control.next()) === 'stop') return 'stopped';
          lastYield = performance.now();
          // A pause is no training time.
          if (control.isPaused || lastYield - before > 1000) resumedAt += lastYield - before;
        }
      }
      await readLosses();
      if (!Number.isFinite(state.lossSum)) return 'diverged';
      const ended = await endEpoch();
      if (ended) return ended;
    }
    return 'completed';
  };

  const endEpoch = async (): Promise<RunOutcome | null> => {
    const epoch = state.epoch + 1;
    await steps.storeWeights();
    const { trained, validation } = await watch();
    const loss = (validation ?? trained)['loss'] ?? NaN;
    if (!Number.isFinite(loss)) return 'diverged';
    const isBest = loss < state.best.loss - (config.earlyStopping?.minDelta ?? 0);
    if (isBest) best = await packed(network);
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

  const progressOf = (): RunEvent => {
    const elapsed = (performance.now() - resumedAt) / 1000;
    const stepsPerSecond = stepsSinceResume / Math.max(1e-3, elapsed);
    const left = config.epochs * stepsPerEpoch - state.epoch * stepsPerEpoch - state.step;
    return {
      type: 'progress',
      epoch: state.epoch + 1,
      step: state.step,
      loss: state.lossSum / Math.max(1, state.lossRows),
      examplesPerSecond: stepsPerSecond * batchSize,
      secondsLeft: left / Math.max(1e-9, stepsPerSecond),
    };
  };

  try {
    if (job.checkpoint) await restore(job.checkpoint);
    emit({
      type: 'started',
      backend: job.backend,
      reason: job.reason,
      ...(job.workers && { workers: job.workers }),
      parameters: network.trainable.reduce((sum, { variable }) => sum + variable.size, 0),
      stepsPerEpoch,
      epoch: state.epoch,
    });
    const outcome = await run();
    // Stopped before the first epoch's end: what was learned so far is all there is.
    await steps.storeWeights();
    if (state.best.epoch > 0 || outcome === 'diverged') unpack(network, best);
    return { outcome, bestEpoch: state.best.epoch };
  } finally {
    steps.dispose();
  }
}

/** Draws from `shuffle` for a new epoch; draws again what was drawn for one that is gone on with. */
function shuffledOrder(n: number, drawn: Random, shuffle: Random, isNew: boolean): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  return (isNew ? shuffle : drawn).shuffle(order);
}

async function packed(network: Network): Promise<Float32Array> {
  return new Float32Array((await network.pack()).bytes);
}

function unpack(network: Network, weights: Float32Array) {
  const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
  network.load({ tensors, bytes: weights.slice().buffer });
}
