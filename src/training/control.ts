/** How a person holds a run: the loop awaits `next` between batches, a few times a second. */
export interface RunControl {
  /** While paused the loop asks before every batch, so that a step is one batch. */
  readonly isPaused: boolean;
  readonly isStopped: boolean;
  /** Resolves at once while running, later while paused. `stop` ends the run with its best weights. */
  next(): Promise<'go' | 'stop'>;
  /** Called on `stop`: by whoever waits for something else. */
  onstop?: (() => void) | null;
}

export type ControlCommand = 'pause' | 'resume' | 'step' | 'stop';
