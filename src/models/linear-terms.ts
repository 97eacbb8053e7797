/** The intercept and coefficients of a model that is one dense layer, named by feature and output. */
import type { FittedPreparation, FittedTarget } from '../data/preparation.ts';
import type { NetworkSpec, TensorInfo } from './spec.ts';

export interface LinearTerms {
  /** One a class; a binary model has the second class alone, a regression the target. */
  outputs: { name: string; intercept: number; coefficients: number[] }[];
  /** Coefficients are of prepared (scaled, one-hot) features. */
  featureNames: string[];
}

/** @param bytes float32 weights: the kernel [features, outputs] and the bias [outputs]. Null for deeper models. */
export function linearTerms(
  model: {
    spec: NetworkSpec;
    preparation: FittedPreparation;
    target: FittedTarget;
    weights: { tensors: TensorInfo[] };
  },
  bytes: ArrayBuffer,
): LinearTerms | null {
  const [layer, ...deeper] = model.spec.layers;
  if (layer?.type !== 'dense' || layer.activation !== 'linear' || deeper.length > 0) return null;
  const { featureNames } = model.preparation;
  const weights = new Float32Array(bytes);
  const outputs = Array.from({ length: layer.units }, (_, output) => ({
    name: outputName(model.target, layer.units, output),
    intercept: scaled(weights[featureNames.length * layer.units + output] ?? 0, true),
    coefficients: featureNames.map((_name, i) =>
      scaled(weights[i * layer.units + output] ?? 0, false),
    ),
  }));
  return { outputs, featureNames };

  /** In the target's own unit: predictions are offset + divisor · output. */
  function scaled(value: number, isIntercept: boolean): number {
    if (model.target.type === 'classes') return value;
    return value * model.target.divisor + (isIntercept ? model.target.offset : 0);
  }
}

function outputName(target: FittedTarget, outputs: number, output: number): string {
  if (target.type === 'number') return target.column;
  return target.classes[outputs === 1 ? 1 : output] ?? '';
}
