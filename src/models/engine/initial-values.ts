/** Initial weights, drawn in JavaScript so that a seed gives the same network on every backend. */
import { tensor, variable, type Variable } from './tf.ts';
import type { Random } from '../../lib/random.ts';
import type { Initializer } from '../spec.ts';

/** Glorot and Bengio (2010) uniform; He et al. (2015) normal. */
export function initialValues(
  initializer: Initializer,
  fanIn: number,
  fanOut: number,
  random: Random,
): Float32Array {
  const count = fanIn * fanOut;
  switch (initializer) {
    case 'zeros':
      return new Float32Array(count);
    case 'glorot-uniform': {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      return Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * limit);
    }
    case 'he-normal': {
      const deviation = Math.sqrt(2 / fanIn);
      return Float32Array.from({ length: count }, () => random.normal() * deviation);
    }
  }
}

/** A variable that starts from these values. */
export function variableOf(
  values: Float32Array,
  shape: number[],
  name: string,
  isTrainable = true,
): Variable {
  const start = tensor(values, shape);
  const created = variable(start, isTrainable, name);
  start.dispose(); // the variable keeps the data
  return created;
}
