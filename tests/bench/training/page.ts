/** The page of the training benchmark: asks its worker. */
import { wrap } from 'comlink';
import type { TrainingBench } from './training-bench.worker.ts';

declare global {
  interface Window {
    measure: TrainingBench['measure'];
  }
}

const worker = new Worker(new URL('training-bench.worker.ts', import.meta.url), { type: 'module' });
const bench = wrap<TrainingBench>(worker);
window.measure = async (way, batch) => bench.measure(way, batch);
