/** A run's reins: commands come from the page, the loop asks between batches. */
import type { ControlCommand, RunControl } from '../control.ts';
import { yieldToMessages } from './yield.ts';

export class Control implements RunControl {
  #isPaused = false;
  #isStopped = false;
  #steps = 0;
  #wake: () => void = () => undefined;
  onstop: (() => void) | null = null;
  readonly #told: (state: 'paused' | 'resumed') => void;

  /** @param told hears when the run is really held, and when it goes on */
  constructor(told: (state: 'paused' | 'resumed') => void = () => undefined) {
    this.#told = told;
  }

  get isPaused() {
    return this.#isPaused;
  }

  get isStopped() {
    return this.#isStopped;
  }

  command(command: ControlCommand) {
    switch (command) {
      case 'pause':
        this.#isPaused = true;
        break;
      case 'resume':
        this.#isPaused = false;
        break;
      case 'step':
        this.#isPaused = true;
        this.#steps++;
        break;
      case 'stop':
        this.#isStopped = true;
        this.onstop?.();
        break;
      default:
        command satisfies never;
    }
    this.#wake();
  }

  async next(): Promise<'go' | 'stop'> {
    await yieldToMessages();
    if (this.#isHeld()) {
      this.#told('paused');
      while (this.#isHeld()) await new Promise<void>((resolve) => (this.#wake = resolve));
      if (!this.#isPaused) this.#told('resumed');
    }
    if (this.#steps > 0) this.#steps--;
    return this.#isStopped ? 'stop' : 'go';
  }

  #isHeld(): boolean {
    return this.#isPaused && !this.#isStopped && this.#steps === 0;
  }
}
