import type { Activation } from '../spec.ts';
import {
  add,
  elu,
  leakyRelu,
  mul,
  relu,
  scalar,
  sigmoid,
  softplus,
  tanh,
  type Tensor,
} from './tf.ts';

export function activate<T extends Tensor>(activation: Activation, x: T): T {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return relu(x);
    case 'leaky-relu':
      return leakyRelu(x, 0.01);
    case 'elu':
      return elu(x);
    case 'gelu': {
      // The tanh form of Hendrycks and Gimpel (2016): no backend has a gradient of erf.
      const cubic = mul(mul(x, x), mul(x, scalar(0.044715)));
      const inner = mul(add(x, cubic), scalar(Math.sqrt(2 / Math.PI)));
      return mul(mul(x, scalar(0.5)), add(tanh(inner), scalar(1)));
    }
    case 'silu':
      return mul(x, sigmoid(x));
    case 'sigmoid':
      return sigmoid(x);
    case 'tanh':
      return tanh(x);
    case 'softplus':
      return softplus(x);
  }
}
