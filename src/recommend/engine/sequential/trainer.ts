/**
 * The loop of a sequential model's training, a step at a time: whoever drives it decides when to breathe, look at the
 * model, keep a checkpoint or end.
 */
import { Random, type RandomState } from '../../../lib/random.ts';
import type { OptimizerState } from '../../../training/engine/optimizer.ts';
import { createSequenceSteps, type SequenceJob, type SequenceSteps } from './steps.ts';
import { drawWindows, type Window } from './windows.ts';

/** All that it takes to go on, to the last bit. */
export interface TrainerState {
  /** Epochs that are done, and steps of the one that isn't. */
  epoch: number;
  step: number;
  lossSum: number;
  /** As the epoch's windows were drawn from, and as it is now. */
  epochRandom: RandomState;
  random: RandomState;
  weights: Float32Array;
  optimizer: OptimizerState;
}

export class SequenceTrainer {
  readonly #job: SequenceJob;
  readonly #sequences: readonly Uint32Array[];
  readonly #learningRate: number;
  readonly #steps: SequenceSteps;
  #random: Random;
  #epochRandom: RandomState;
  #windows: Window[];
  #epoch = 0;
  #step = 0;
  #lossSum = 0;

  /** @throws StudioError `no-backend`, `out-of-memory` */
  constructor(
    job: SequenceJob,
    sequences: readonly Uint32Array[],
    { seed, learningRate }: { seed: number; learningRate: number },
  ) {
    this.#job = job;
    this.#sequences = sequences;
    this.#learningRate = learningRate;
    this.#steps = createSequenceSteps(job, new Random(seed, 'weights'));
    this.#random = new Random(seed, 'sequences');
    this.#epochRandom = this.#random.save();
    this.#windows = this.#draw();
  }

  /** Epochs that are done, and how much of the one that isn't: 2.5 is the middle of the third. */
  get epochs(): number {
    return this.#epoch + this.#step / this.#stepsPerEpoch;
  }

  /** Mean loss of the steps of this epoch so far, or of the last one at its end. */
  get loss(): number {
    return this.#lossSum / Math.max(1, this.#step === 0 ? this.#stepsPerEpoch : this.#step);
  }

  /** All of the network's; a view, good until the next step. */
  get weights(): Float32Array {
    return this.#steps.weights;
  }

  /** One update, in parts. @returns whether an epoch ended with it */
  *step(): Generator<unknown, boolean, undefined> {
    if (this.#step === 0) this.#lossSum = 0;
    const from = this.#step * this.#job.batchSize;
    const windows = this.#windows.slice(from, from + this.#job.batchSize);
    this.#lossSum += yield* this.#steps.step(windows, this.#learningRate, this.#random);
    this.#step++;
    if (this.#step < this.#stepsPerEpoch) return false;
    this.#epoch++;
    this.#step = 0;
    this.#epochRandom = this.#random.save();
    this.#windows = this.#draw();
    return true;
  }

  /** Between two steps. Arrays are copies. */
  save(): TrainerState {
    const optimizer = this.#steps.saveOptimizer();
    return {
      ...{ epoch: this.#epoch, step: this.#step, lossSum: this.#lossSum },
      epochRandom: this.#epochRandom,
      random: this.#random.save(),
      weights: this.weights.slice(),
      optimizer: { ...optimizer, slots: optimizer.slots.map((slot) => slot.slice()) },
    };
  }

  restore(state: TrainerState) {
    ({ epoch: this.#epoch, step: this.#step, lossSum: this.#lossSum } = state);
    this.#epochRandom = state.epochRandom;
    this.#random = Random.restore(state.epochRandom);
    this.#windows = this.#draw();
    this.#random = Random.restore(state.random);
    this.#steps.restore(state.weights, state.optimizer);
  }

  get #stepsPerEpoch(): number {
    return Math.ceil(this.#windows.length / this.#job.batchSize);
  }

  /** The epoch's windows in the order in which they are learned. */
  #draw(): Window[] {
    const steps = this.#job.spec.inputShape[0] ?? 1;
    const windows = drawWindows(this.#sequences, steps, this.#random);
    const order = this.#random.shuffle(Uint32Array.from(windows, (_, i) => i));
    return Array.from(order, (place) => windows[place]).filter((window) => window !== undefined);
  }
}
