/**
 * Lets messages in while a run works, some thirty times a second, and holds it there when it is paused: between two
 * steps, and within what takes long. No pause is longer in coming than the work between two calls.
 */
import type { RunControl } from '../control.ts';
import { yieldToMessages } from './yield.ts';

/** Thrown where a run is to stop. */
export class Stopped extends Error {}

const everyMs = 30;

export class Breath {
  #last = performance.now();
  /** One step is asked for while the run is held: it isn't held again before that step's end. */
  #isReleased = false;
  readonly #control: RunControl;
  readonly #onHeld: (ms: number) => void;

  /** @param onHeld hears how long the run was held */
  constructor(control: RunControl, onHeld: (ms: number) => void) {
    this.#control = control;
    this.#onHeld = onHeld;
  }

  /** @throws Stopped */
  async betweenSteps() {
    this.#isReleased = false;
    await this.within();
  }

  /** @throws Stopped */
  async within() {
    const control = this.#control;
    const isHeld = control.isPaused && !this.#isReleased;
    const before = performance.now();
    if (!isHeld && before - this.#last <= everyMs) return;
    if (this.#isReleased) {
      await yieldToMessages();
      if (control.isStopped) throw new Stopped();
    } else {
      if ((await control.next()) === 'stop') throw new Stopped();
      this.#isReleased = control.isPaused;
    }
    this.#last = performance.now();
    if (isHeld || this.#last - before > 200) this.#onHeld(this.#last - before);
  }

  /** Does all parts, with a breath between them where one is due. @throws Stopped */
  async drive<T>(work: Generator<unknown, T, undefined>): Promise<T> {
    for (;;) {
      const part = work.next();
      if (part.done) return part.value;
      await this.within();
    }
  }
}
