/** The workers of a run as their owner sees them. Two kinds, by memory that all share and by messages. */
import { StudioError } from '../../../lib/errors.ts';
import type { HelperPort } from '../../helper-port.ts';
import { endsWithin } from '../patience.ts';
import type { FromShard, ShardStart, Task } from './protocol.ts';

/** What takes time is a promise where messages carry it, and done on return where memory is shared. */
export interface Crew {
  /** @param worker 1 or more */
  send(worker: number, task: Extract<Task, { type: 'share' | 'step' }>): void;
  /** Everyone updates by the sum of all gradients. @param loss of the owner's share @returns the loss of all */
  update(loss: number, learningRate: number): number | Promise<number>;
  /** To be called before what the optimiser keeps is read: helpers may have it. */
  gather(): void;
  /** Everyone's state becomes the mix of all. @returns the losses of each worker's steps */
  average(round: Round): number[][] | Promise<number[][]>;
  /** Everyone's state becomes the owner's. */
  load(): void;
  /** Ends all helpers. */
  end(): void;
}

interface Round {
  factors: number[];
  /** The optimiser's count after it. */
  steps: number;
  /** Of the owner's own steps. */
  losses: number[];
  /** How many steps each worker has made. */
  counts: number[];
}

/** A script that takes longer to load and start never will. */
const startMs = 30_000;

/** Starts helpers 1, 2 … @throws StudioError `internal` when one doesn't come up; none is left then */
export async function startHelpers(
  create: () => HelperPort,
  start: Omit<ShardStart, 'type' | 'worker'>,
): Promise<HelperPort[]> {
  const helpers: HelperPort[] = [];
  try {
    const ready: Promise<void>[] = [];
    for (let worker = 1; worker < start.workers; worker++) {
      const helper = create();
      helpers.push(helper);
      ready.push(
        endsWithin(
          isReady(helper),
          startMs,
          () => new StudioError('internal', 'A further worker doesn’t start'),
        ),
      );
      helper.postMessage({ type: 'start', worker, ...start } satisfies ShardStart);
    }
    await Promise.all(ready);
    return helpers;
  } catch (error) {
    for (const helper of helpers) helper.terminate();
    throw error;
  }
}

function isReady(helper: HelperPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(new StudioError('internal', `A further worker can't be started: ${what}`));
    helper.onmessage = ({ data }: MessageEvent<FromShard>) =>
      data.type === 'ready' ? resolve() : fail(textOf(data));
    helper.onerror = (event) => {
      event.preventDefault(); // else it is an error of the run's worker too, and ends it
      fail(event.message || 'its script fails to load');
    };
    helper.onmessageerror = () => fail('its answer can’t be read');
  });
}

function textOf(message: FromShard): string {
  return message.type === 'failed' ? message.message : message.type;
}
