/** A run's reins: commands come from the page, the loop asks between batches. */
import type { ControlCommand, RunControl } from '../control.ts';
import { yieldToMessages } from './yield.ts';

export interface Control extends RunControl {
  command(command: ControlCommand): void;
}

/** @param told hears when the run is really held, and when it goes on */
export function createControl(
  told: (state: 'paused' | 'resumed') => void = () => undefined,
): Control {
  let isPaused = false;
  let isStopped = false;
  let steps = 0;
  let wake: () => void = () => undefined;
  return {
    command(command) {
      switch (command) {
        case 'pause':
          isPaused = true;
          break;
        case 'resume':
          isPaused = false;
          break;
        case 'step':
          isPaused = true;
          steps++;
          break;
        case 'stop':
          isStopped = true;
          break;
        default:
          command satisfies never;
      }
      wake();
    },
    get isPaused() {
      return isPaused;
    },
    async next() {
      await yieldToMessages();
      if (isPaused && !isStopped && steps === 0) {
        told('paused');
        while (isPaused && !isStopped && steps === 0)
          await new Promise<void>((resolve) => (wake = resolve));
        if (!isPaused && !isStopped) told('resumed');
      }
      if (steps > 0) steps--;
      return isStopped ? 'stop' : 'go';
    },
  };
}
