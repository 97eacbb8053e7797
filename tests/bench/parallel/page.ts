/** The page of the benchmark of several workers: asks its worker. */
import { wrap } from 'comlink';
import type { ParallelBench } from './parallel-bench.worker.ts';

declare global {
  interface Window {
    measureWorkers: ParallelBench['measure'];
  }
}

const worker = new Worker(new URL('parallel-bench.worker.ts', import.meta.url), { type: 'module' });
const bench = wrap<ParallelBench>(worker);
window.measureWorkers = async (options) => bench.measure(options);
