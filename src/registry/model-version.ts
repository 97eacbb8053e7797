/** A model as it is kept: immutable, with its preparation and its parents. Aliases move; versions don't. */
import type { FittedPreparation, FittedTarget } from '../data/preparation.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { NetworkSpec, TensorInfo } from '../models/spec.ts';
import type { MetricSet, RunConfig } from '../training/run.ts';

export interface ModelVersion {
  /** SHA-256 over the spec, preparation, target and weights. */
  id: string;
  projectId: string;
  /** 1, 2, 3 … within the project. */
  number: number;
  taskId: string;
  runId: string;
  dataSet: string;
  createdAt: number;
  config: RunConfig;
  spec: NetworkSpec;
  preparation: FittedPreparation;
  target: FittedTarget;
  weights: { chunk: string; tensors: TensorInfo[] };
  metrics: MetricSet;
  /** On the test split; null where there was none. */
  evaluation: Evaluation | null;
  /** Digest of the predictions on the test split (see evaluate/predictions-codec.ts). */
  predictions: string | null;
  parents: string[];
}
