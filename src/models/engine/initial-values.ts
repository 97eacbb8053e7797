/** Initial weights, drawn in JavaScript so that a seed gives the same network on every backend. */
import type { Random } from '../../lib/random.ts';
import type { InitialValues } from '../layer-parameters.ts';

/** Glorot and Bengio (2010) uniform; He et al. (2015) normal. */
export function initialValues(initial: InitialValues, count: number, random: Random): Float32Array {
  const uniform = (limit: number) =>
    Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * limit);
  switch (initial.type) {
    case 'zeros':
      return new Float32Array(count);
    case 'constant': {
      const { values } = initial;
      const part = count / values.length;
      return Float32Array.from({ length: count }, (_, i) => values[Math.floor(i / part)] ?? 0);
    }
    case 'uniform':
      return uniform(initial.limit);
    case 'glorot-uniform':
      return uniform(Math.sqrt(6 / (initial.fanIn + initial.fanOut)));
    case 'he-normal': {
      const deviation = Math.sqrt(2 / initial.fanIn);
      return Float32Array.from({ length: count }, () => random.normal() * deviation);
    }
  }
}
