/** Tells the page of a run's events. */
import type { RunEvent } from '../../src/training/run.ts';

/** Epochs of small data end by the thousand in a second: a message each would keep the page from all else. */
const tellEveryMs = 100;

/** Epochs and progress go several at a time, everything else at once, all in order. */
export class EventPost {
  readonly #send: (events: RunEvent[]) => void;
  #waiting: RunEvent[] = [];
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (events: RunEvent[]) => void) {
    this.#send = send;
  }

  tell(event: RunEvent) {
    this.#waiting.push(event);
    const canWait = event.type === 'epoch' || event.type === 'progress';
    const left = this.#last + tellEveryMs - performance.now();
    if (!canWait || left <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), left);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const events = this.#waiting;
    this.#waiting = [];
    this.#last = performance.now();
    this.#send(events);
  }
}
