/** The page of the benchmark of checkpoints: asks its worker. */
import { wrap } from 'comlink';
import type { CheckpointBench } from './checkpoint-bench.worker.ts';

declare global {
  interface Window {
    trainFor: CheckpointBench['trainFor'];
  }
}

const worker = new Worker(new URL('checkpoint-bench.worker.ts', import.meta.url), {
  type: 'module',
});
const bench = wrap<CheckpointBench>(worker);
window.trainFor = async (options) => bench.trainFor(options);
