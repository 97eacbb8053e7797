/** What the float64 solvers share: their result as a dense layer's weights, and its figures. */
import { StudioError } from '../../lib/errors.ts';
import type { PackedWeights } from '../../models/spec.ts';
import type { Metrics } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import { measure } from './objective.ts';
import type { Targets } from './targets.ts';

/** @param parameters the kernel [width, outputs] row-major, then the bias [outputs] */
export function denseWeights(
  parameters: Float64Array,
  width: number,
  outputs: number,
): PackedWeights {
  return {
    tensors: [
      { name: '0 dense/kernel', shape: [width, outputs] },
      { name: '0 dense/bias', shape: [outputs] },
    ],
    bytes: Float32Array.from(parameters).buffer,
  };
}

const mostRows = 20_000;
/** Multiplications: some 30 ms, for nobody is heard meanwhile. */
const mostWork = 2 ** 24;

/** Loss and figures on these rows, or an even sample of them where they are many. */
export function linearFigures(data: TrainingRows, { bytes }: PackedWeights): Metrics {
  const { features, width, targets } = data;
  const parameters = new Float32Array(bytes);
  const outputs = parameters.length / (width + 1);
  const n = targets.values.length;
  const count = Math.min(n, mostRows, Math.ceil(mostWork / parameters.length));
  const rows = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
  const out = new Float32Array(rows.length * outputs);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * width;
    for (let k = 0; k < outputs; k++) {
      let sum = parameters[width * outputs + k] ?? 0;
      for (let j = 0; j < width; j++)
        sum += (features[from + j] ?? 0) * (parameters[j * outputs + k] ?? 0);
      out[i * outputs + k] = sum;
    }
  }
  return measure(out, targets, rows);
}

/** @throws StudioError `bad-config` */
export function requireNumbers(targets: Targets): Extract<Targets, { type: 'numbers' }> {
  if (targets.type === 'numbers') return targets;
  throw new StudioError('bad-config', 'The closed form learns numbers, not classes');
}

/** @throws StudioError `bad-config` */
export function requireClasses(targets: Targets): Extract<Targets, { type: 'classes' }> {
  if (targets.type === 'classes') return targets;
  throw new StudioError('bad-config', 'L-BFGS here learns classes, not numbers');
}
