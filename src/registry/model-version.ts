/** A model as it is kept: immutable, with its preparation and its parents. Aliases move; versions don't. */
import type { FittedPreparation, FittedTarget } from '../data/preparation.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { NetworkSpec, TensorInfo } from '../models/spec.ts';
import { StudioError } from '../lib/errors.ts';
import type { MetricSet, NetworkConfig, RecommenderConfig, SettingValue } from '../training/run.ts';

interface VersionBase {
  /** SHA-256 over all that decides what it answers. */
  id: string;
  projectId: string;
  /** 1, 2, 3 … within the project. */
  number: number;
  taskId: string;
  runId: string;
  dataSet: string;
  createdAt: number;
  metrics: MetricSet;
  /** On the test split; null where there was none. */
  evaluation: Evaluation | null;
  parents: string[];
}

/** A network over prepared rows of a table. */
export interface NetworkVersion extends VersionBase {
  config: NetworkConfig;
  spec: NetworkSpec;
  preparation: FittedPreparation;
  target: FittedTarget;
  weights: { chunk: string; tensors: TensorInfo[] };
  /** Digest of the predictions on the test split (see evaluate/predictions-codec.ts). */
  predictions: string | null;
}

export const arrayTypes = ['float32', 'float64', 'uint32'] as const;

/** Why a recommender has no figures though events were held out to test on. */
export interface NoneLiked {
  from: number;
  highest: number;
}

/** A recommender as its method saves itself (recommend/recommender.ts). */
export interface RecommenderVersion extends VersionBase {
  config: RecommenderConfig;
  /** After which epoch it was kept, of how many; absent of a method without, and of before this was told. */
  epochs?: { kept: number; run: number };
  /** Where events were held out, but none that counts as liked: from which value one does, and the highest there is. */
  noneLiked?: NoneLiked;
  recommender: {
    method: string;
    settings: Readonly<Record<string, SettingValue>>;
    arrays: { name: string; type: (typeof arrayTypes)[number]; length: number; chunk: string }[];
    /** Digest of the items' ids, a JSON array of strings by item number. */
    items: string;
    /** Digest of the test users' NDCG@10, float32 by user number, NaN where nothing is to be found; null without a test split. */
    perUser: string | null;
  };
}

export type ModelVersion = NetworkVersion | RecommenderVersion;

export function isRecommender(version: ModelVersion): version is RecommenderVersion {
  return 'recommender' in version;
}

export function isNetwork(version: ModelVersion): version is NetworkVersion {
  return 'spec' in version;
}

/** @throws StudioError `unsupported` for a recommender */
export function mustBeNetwork(version: ModelVersion): NetworkVersion {
  if (isNetwork(version)) return version;
  throw new StudioError('unsupported', 'A recommender ranks items; it has no rows to answer');
}
