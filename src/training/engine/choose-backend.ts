/** Which backends a run may use, best first, and why: by measurement where there is a choice. */
import { multiplyAdds } from '../../models/layer-work.ts';
import { parameterCount } from '../../models/spec-schema.ts';
import type { ProbeMemory } from '../backend-reason.ts';
import type { Backend, BackendRate, BackendReason } from '../run.ts';
import { findGraphics, type Graphics } from './devices.ts';
import { probeBackends, type ProbeJob } from './probe.ts';

export interface BackendChoice {
  backend: Backend;
  reason: BackendReason;
}

/** What the choice is made from; replaced in tests. */
export interface BackendChooser {
  graphics: () => Promise<Graphics>;
  probe: (backends: readonly Backend[], job: ProbeJob) => Promise<BackendRate[]>;
}

/** The first is the choice; the others are what to go on with when it fails. Never empty. */
export async function chooseBackend(
  job: ProbeJob,
  memory?: ProbeMemory,
  { graphics, probe }: BackendChooser = { graphics: findGraphics, probe: probeBackends },
): Promise<BackendChoice[]> {
  const { config } = job;
  const first = async (): Promise<BackendChoice> => {
    if (config.backend !== 'auto') return { backend: config.backend, reason: { type: 'asked' } };
    // A graphics processor would be waited for after each step, to see whether its gradients are numbers.
    if (config.lossScaling === 'dynamic') return { backend: 'wasm', reason: { type: 'only' } };
    const found = await graphics();
    const processor: Backend | null = found.webgpu ? 'webgpu' : found.webgl ? 'webgl' : null;
    if (!processor) return { backend: 'wasm', reason: { type: 'only' } };
    if (multiplications(job) < smallWork) return { backend: 'wasm', reason: { type: 'small' } };
    const key = keyOf(job, found);
    let rates = await memory?.find(key);
    if (!rates) {
      const measured: Backend[] = [processor, 'wasm'];
      rates = await probe(measured, job);
      // One that failed may do another time.
      if (rates.length === measured.length) await memory?.keep(key, rates);
    }
    const [fastest] = rates;
    return fastest
      ? { backend: fastest.backend, reason: { type: 'fastest', rates } }
      : { backend: 'wasm', reason: { type: 'only' } };
  };
  const choice = await first();
  const rest = (['wasm', 'cpu'] as const).filter((backend) => backend !== choice.backend);
  const instead = rest.map((backend, i): BackendChoice => {
    const of = rest[i - 1] ?? choice.backend;
    return { backend, reason: { type: 'instead', of } };
  });
  return [choice, ...instead];
}

/** Multiplications a step below which the some 100 dispatches of a step (50 µs each) can't be worth it. */
const smallWork = 1_000_000;

function multiplications({ spec, config, train }: ProbeJob): number {
  const rows = Math.min(config.batchSize, train.targets.values.length);
  // Forward, and twice as many backward; then the update.
  return 3 * multiplyAdds(spec) * rows + parameterCount(spec);
}

function keyOf({ spec, config, train }: ProbeJob, graphics: Graphics): string {
  const rows = Math.min(config.batchSize, train.targets.values.length);
  return JSON.stringify([graphics, spec, rows, config.optimizer.type, config.precision]);
}
