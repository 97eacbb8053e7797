/** How far a recommender's run is and how long it has worked: told a few times a second, with the time left. */
import type { TrainingJob } from '../../training/pipeline.ts';
import type { RunPreparation } from '../../training/run.ts';
import type { FitProgress } from '../recommender.ts';

const toldEveryMs = 200;
/** Of a run's work, before anything is fitted: it counts and sorts the events. */
const readingShare = 0.1;
/** Of what comes then, where texts are encoded before the method is fitted. */
const encodingShare = 0.5;

export class RunProgress {
  /** As the method told it last; absent of one that has none. */
  loss: number | undefined;
  readonly #emit: TrainingJob['emit'];
  /** Seconds that it worked before it was killed. */
  readonly #before: number;
  readonly #began = performance.now();
  #heldMs = 0;
  #lastTold = this.#began;
  /** Seconds that reading took. */
  #readIn = 0;
  #encodingShare = 0;

  constructor(emit: TrainingJob['emit'], before: number) {
    this.#emit = emit;
    this.#before = before;
  }

  /** Of work, without the time that the run was held. */
  get seconds(): number {
    return this.#before + (performance.now() - this.#began - this.#heldMs) / 1000;
  }

  hold(ms: number) {
    this.#heldMs += ms;
  }

  /** How long a fit takes after it, nobody knows yet. */
  reading(share: number) {
    this.#tell(readingShare * share, Number.NaN);
  }

  /** The events are read. @param encodes whether texts are encoded first */
  begin(encodes: boolean) {
    this.#readIn = this.seconds - this.#before;
    this.#encodingShare = encodes ? encodingShare : 0;
  }

  encoding(share: number, preparation: RunPreparation) {
    this.#tellOfWork(this.#encodingShare * share, 1, preparation);
  }

  fitting({ done, epoch = 1, loss = this.loss }: FitProgress) {
    this.loss = loss;
    this.#tellOfWork(this.#encodingShare + (1 - this.#encodingShare) * done, epoch);
  }

  #tellOfWork(share: number, epoch: number, preparation?: RunPreparation) {
    const left = ((this.seconds - this.#readIn) * (1 - share)) / share;
    const done = readingShare + (1 - readingShare) * share;
    this.#tell(done, share > 0.01 ? left : Number.NaN, {
      epoch,
      ...(preparation && { preparation }),
    });
  }

  #tell(
    done: number,
    secondsLeft: number,
    { epoch = 1, ...more }: { epoch?: number; preparation?: RunPreparation } = {},
  ) {
    if (performance.now() - this.#lastTold < toldEveryMs) return;
    this.#lastTold = performance.now();
    this.#emit({
      type: 'progress',
      ...{ epoch, step: 0, loss: this.loss ?? Number.NaN, examplesPerSecond: 0, done, secondsLeft },
      ...more,
    });
  }
}
