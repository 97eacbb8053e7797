/**
 * Memory that all workers of a run see: a queue of tasks for each helper, and places where gradients or states are
 * laid down for the others. Who waits spins for a moment, then sleeps until it is woken.
 *
 * What may wait is a generator: it yields now and then while it sleeps. The owner goes on at once (`inPlace`); a
 * helper lets messages in (`lettingMessagesIn`), because Chromium can't end a thread that sleeps in place once its
 * owner is gone.
 */
import { yieldToMessages } from '../yield.ts';
import type { BoardShape, Task } from './protocol.ts';

/**
 * Places that each worker has, used in turn. Nobody can write one that is still read: it is written again only after
 * the next meeting, and who comes to that has read.
 */
const turns = 2;

/** Counters lie apart: two in one line of the cache would slow each other down. */
const line = 16;
const failed = 0;
const arrived = line;
const met = 2 * line;
const queuedOf = (worker: number) => (2 * worker + 1) * line;
const doneOf = (worker: number) => (2 * worker + 2) * line;

const taskTypes = ['share', 'step', 'average', 'gather', 'load'] as const;
const header = 6;
/** Of a wait; some microseconds, in which a worker that is as quick as this one arrives. */
const spins = 2000;
/** How often who sleeps looks up. */
const glanceMs = 100;
/**
 * Of the owner. Longer than any share of a batch takes: who hasn't come by then has died. A helper waits for ever:
 * the owner may be held in the middle of a step, and ends it when it gives up itself.
 */
const patienceMs = 60_000;

export type Waiting<Result> = Generator<undefined, Result, undefined>;

export function inPlace<Result>(waiting: Waiting<Result>): Result {
  for (;;) {
    const { done, value } = waiting.next();
    if (done) return value;
  }
}

export async function lettingMessagesIn<Result>(waiting: Waiting<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = waiting.next();
    if (done) return value;
    await yieldToMessages();
  }
}

export class Board {
  readonly shape: BoardShape;
  readonly buffer: SharedArrayBuffer;
  readonly #worker: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #values: Float32Array;
  /** Of the numbers of a task. */
  readonly #taskNumbers: number;
  readonly #taskWords: number;
  readonly #tasksAt: number;
  #meetings = 0;
  readonly #queued: number[];
  #taken = 0;

  constructor(shape: BoardShape, worker: number, buffer?: SharedArrayBuffer) {
    const { workers, capacity, mostRows, size } = shape;
    this.shape = shape;
    this.#worker = worker;
    this.#taskNumbers = 1 + workers;
    this.#taskWords = header + mostRows;
    const places = workers * capacity;
    const losses = turns * places;
    const numbersAt = 4 * doneOf(workers);
    const tasksAt = numbersAt + 8 * (places * this.#taskNumbers + losses);
    const valuesAt = 16 * Math.ceil((tasksAt + 4 * places * this.#taskWords) / 16);
    this.buffer = buffer ?? new SharedArrayBuffer(valuesAt + 4 * turns * workers * size);
    this.#words = new Int32Array(this.buffer, 0, valuesAt / 4);
    this.#numbers = new Float64Array(this.buffer, numbersAt, places * this.#taskNumbers + losses);
    this.#values = new Float32Array(this.buffer, valuesAt);
    this.#tasksAt = tasksAt / 4;
    this.#queued = new Array<number>(workers).fill(0);
  }

  /** By the owner. Waits while the helper is too far behind. */
  *send(worker: number, task: Task): Waiting<void> {
    const count = this.#queued[worker] ?? 0;
    for (;;) {
      const done = Atomics.load(this.#words, doneOf(worker));
      if (((count - done) | 0) < this.shape.capacity) break;
      yield* this.#waitWhile(doneOf(worker), done, patienceMs);
    }
    this.#write(worker, count, task);
    const next = (count + 1) | 0;
    this.#queued[worker] = next;
    Atomics.store(this.#words, queuedOf(worker), next);
    Atomics.notify(this.#words, queuedOf(worker));
  }

  /** By a helper: its next task, once there is one. What it holds is valid until `finish`. */
  *take(): Waiting<Task> {
    yield* this.#waitWhile(queuedOf(this.#worker), this.#taken, Infinity);
    return this.#read(this.#worker, this.#taken);
  }

  finish() {
    this.#taken = (this.#taken + 1) | 0;
    Atomics.store(this.#words, doneOf(this.#worker), this.#taken);
    Atomics.notify(this.#words, doneOf(this.#worker));
  }

  /** Returns when every worker has come as often. @throws Error when one has failed */
  *meet(): Waiting<void> {
    const meeting = ++this.#meetings;
    const last = (this.shape.workers * meeting - 1) | 0;
    if (Atomics.add(this.#words, arrived, 1) === last) {
      Atomics.store(this.#words, met, meeting | 0);
      Atomics.notify(this.#words, met);
      return;
    }
    yield* this.#waitWhile(met, (meeting - 1) | 0, this.#worker === 0 ? patienceMs : Infinity);
  }

  /** Where a worker lays down so many numbers before the next meeting. */
  place(worker: number, count: number): Float32Array {
    return this.#placeAt(this.#meetings + 1, worker, count);
  }

  /** Where it has laid them down before the last one. */
  placed(worker: number, count: number): Float32Array {
    return this.#placeAt(this.#meetings, worker, count);
  }

  /** Losses that a worker lays down beside them. */
  writeLosses(losses: readonly number[]) {
    const start = this.#lossesAt(this.#meetings + 1, this.#worker);
    losses.forEach((loss, i) => (this.#numbers[start + i] = loss));
  }

  readLosses(worker: number, count: number): number[] {
    const start = this.#lossesAt(this.#meetings, worker);
    return Array.from(this.#numbers.subarray(start, start + count));
  }

  /** Lets everyone who waits give up. */
  fail() {
    Atomics.store(this.#words, failed, 1);
    Atomics.notify(this.#words, met);
    for (let worker = 0; worker < this.shape.workers; worker++)
      Atomics.notify(this.#words, doneOf(worker));
  }

  *#waitWhile(place: number, value: number, mostMs: number): Waiting<void> {
    for (let i = 0; i < spins; i++) if (Atomics.load(this.#words, place) !== value) return;
    for (let waitedMs = 0; waitedMs < mostMs; waitedMs += glanceMs) {
      if (Atomics.load(this.#words, failed) === 1) throw new Error('a helper of this run failed');
      Atomics.wait(this.#words, place, value, glanceMs);
      if (Atomics.load(this.#words, place) !== value) return;
      yield;
    }
    throw new Error('a helper of this run no longer answers');
  }

  #placeAt(meeting: number, worker: number, count: number): Float32Array {
    const { size, workers } = this.shape;
    const start = ((meeting % turns) * workers + worker) * size;
    return this.#values.subarray(start, start + count);
  }

  #lossesAt(meeting: number, worker: number): number {
    const { workers, capacity } = this.shape;
    const tasks = workers * capacity * this.#taskNumbers;
    return tasks + ((meeting % turns) * workers + worker) * capacity;
  }

  #slotOf(worker: number, count: number) {
    const slot = worker * this.shape.capacity + (count & (this.shape.capacity - 1));
    return {
      words: this.#tasksAt + slot * this.#taskWords,
      numbers: slot * this.#taskNumbers,
    };
  }

  #write(worker: number, count: number, task: Task) {
    const at = this.#slotOf(worker, count);
    this.#words[at.words] = taskTypes.indexOf(task.type);
    if (task.type === 'share' || task.type === 'step') {
      const { rows, place } = task;
      this.#words.set([rows.length, place.from, place.of, place.key | 0], at.words + 1);
      this.#words.set(rows, at.words + header);
      this.#numbers[at.numbers] = task.learningRate;
      return;
    }
    if (task.type === 'gather') return;
    this.#words[at.words + 5] = task.steps;
    if (task.type === 'average') this.#numbers.set(task.factors, at.numbers + 1);
  }

  #read(worker: number, count: number): Task {
    const at = this.#slotOf(worker, count);
    const [type = 0, length = 0, from = 0, of = 0, key = 0, steps = 0] = this.#words.subarray(
      at.words,
      at.words + header,
    );
    const name = taskTypes[type] ?? 'load';
    switch (name) {
      case 'share':
      case 'step': {
        const start = 4 * (at.words + header);
        return {
          type: name,
          rows: new Uint32Array(this.buffer, start, length),
          place: { from, of, key },
          learningRate: this.#numbers[at.numbers] ?? 0,
        };
      }
      case 'average': {
        const start = at.numbers + 1;
        const factors = Array.from(this.#numbers.subarray(start, start + this.shape.workers));
        return { type: name, factors, steps };
      }
      case 'gather':
        return { type: name };
      case 'load':
        return { type: name, steps };
    }
  }
}
