/** The page of the training benchmark: a worker a contestant, one at work at a time. */
import { wrap, type Remote } from 'comlink';
import { findGraphics } from '../../../src/training/engine/devices.ts';
import type { Contestant } from './contestant.ts';
import type { NetName } from './networks.ts';

const workers = {
  ours: () => new Worker(new URL('ours.worker.ts', import.meta.url), { type: 'module' }),
  tfjs: () => new Worker(new URL('tfjs.worker.ts', import.meta.url), { type: 'module' }),
  jax: () => new Worker(new URL('jax.worker.ts', import.meta.url), { type: 'module' }),
  plain: () => new Worker(new URL('plain.worker.ts', import.meta.url), { type: 'module' }),
};

const running = new Map<string, { worker: Worker; contestant: Remote<Contestant> }>();

/** `id` is <worker>-<backend>. */
const bench = {
  graphics: findGraphics,
  async start(id: string, net: NetName, batch: number, steps: number): Promise<number[] | null> {
    this.end(id);
    const [name = '', backend = ''] = id.split('-');
    const create = workers[name as keyof typeof workers]; // the benchmark knows which there are
    const worker = create();
    const contestant = wrap<Contestant>(worker);
    running.set(id, { worker, contestant });
    return contestant.start(net, batch, backend, steps);
  },
  async measure(id: string, ms: number): Promise<number> {
    const own = running.get(id);
    if (!own) throw new Error(`${id} was not started`);
    return own.contestant.measure(ms);
  },
  end(id: string) {
    running.get(id)?.worker.terminate();
    running.delete(id);
  },
};

declare global {
  interface Window {
    training: typeof bench;
  }
}

window.training = bench;
