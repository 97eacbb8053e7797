/** A cross-validation's fits, told of as one run: the folds' and, last, that of the model which is kept. */
import type { RunEvent } from '../run.ts';

export class FoldProgress {
  readonly #tell: (event: RunEvent) => void;
  readonly #fits: number;
  readonly #epochs: number;
  #hasStarted = false;
  #isToldUnvalidated = false;
  #began = performance.now();
  #stepsPerEpoch = 1;
  /** Seconds of the fits that were begun and ended here. */
  #seconds: number[] = [];

  /** @param folds how many there are; @param epochs of each fit, at most */
  constructor(tell: (event: RunEvent) => void, folds: number, epochs: number) {
    this.#tell = tell;
    this.#fits = folds + 1;
    this.#epochs = epochs;
  }

  /** @returns what hears of one fit; @param before how many came before it */
  ofFit(before: number): (event: RunEvent) => void {
    this.#began = performance.now();
    const isFold = before < this.#fits - 1;
    return (event) => {
      switch (event.type) {
        case 'started':
          this.#stepsPerEpoch = event.stepsPerEpoch;
          // A fold's epochs aren't the run's: their curve would begin again and again.
          if (!isFold) this.#tell(event);
          else if (!this.#hasStarted) this.#tell({ ...event, epoch: 0 });
          this.#hasStarted = true;
          break;
        case 'progress':
          this.#tell({ ...event, ...this.#position(event, before) });
          break;
        case 'notice':
          if (event.notice.type === 'unvalidated') {
            if (this.#isToldUnvalidated) break;
            this.#isToldUnvalidated = true;
          }
          this.#tell(event);
          break;
        default:
          if (!isFold) this.#tell(event);
      }
    };
  }

  endFit() {
    this.#seconds.push(this.#elapsed());
  }

  #elapsed(): number {
    return (performance.now() - this.#began) / 1000;
  }

  #position(
    { epoch, step, secondsLeft }: Extract<RunEvent, { type: 'progress' }>,
    before: number,
  ): { done: number; secondsLeft: number } {
    const share = Math.min(1, (epoch - 1 + step / this.#stepsPerEpoch) / this.#epochs);
    const ended = this.#seconds.length;
    const perFit =
      ended > 0
        ? this.#seconds.reduce((sum, seconds) => sum + seconds, 0) / ended
        : this.#elapsed() + secondsLeft;
    return {
      done: (before + share) / this.#fits,
      secondsLeft: secondsLeft + (this.#fits - 1 - before) * perFit,
    };
  }
}
