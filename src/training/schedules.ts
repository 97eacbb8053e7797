/** How the learning rate moves over a run: a factor for each step. reduce-on-plateau is fed with losses. */
import type { ScheduleSpec } from './run.ts';

export interface Schedule {
  /** @param epoch with fraction, from 0 */
  factor(epoch: number): number;
  /** Hears of each epoch's watched loss. */
  observe(loss: number): void;
  save(): ScheduleState;
  restore(state: ScheduleState): void;
}

interface ScheduleState {
  factor: number;
  best: number;
  waited: number;
}

export function createSchedule(spec: ScheduleSpec, epochs: number): Schedule {
  let state: ScheduleState = { factor: 1, best: Infinity, waited: 0 };
  return {
    factor: (epoch) => (spec.type === 'reduce-on-plateau' ? state.factor : at(spec, epoch, epochs)),
    observe(loss) {
      if (spec.type !== 'reduce-on-plateau') return;
      if (loss < state.best) state = { ...state, best: loss, waited: 0 };
      else if (state.waited + 1 >= spec.patience)
        state = { ...state, factor: state.factor * spec.factor, waited: 0 };
      else state = { ...state, waited: state.waited + 1 };
    },
    save: () => state,
    restore(saved) {
      state = saved;
    },
  };
}

function at(
  spec: Exclude<ScheduleSpec, { type: 'reduce-on-plateau' }>,
  epoch: number,
  epochs: number,
): number {
  switch (spec.type) {
    case 'constant':
      return 1;
    case 'step':
      return spec.factor ** Math.floor(epoch / spec.every);
    case 'exponential':
      return spec.factor ** epoch;
    case 'cosine': {
      // Loshchilov and Hutter (2017), one period, after a linear warm-up
      const { warmupEpochs } = spec;
      if (epoch < warmupEpochs) return (epoch + 1e-3) / warmupEpochs;
      const done = Math.min(1, (epoch - warmupEpochs) / Math.max(1e-9, epochs - warmupEpochs));
      return (1 + Math.cos(Math.PI * done)) / 2;
    }
  }
}
