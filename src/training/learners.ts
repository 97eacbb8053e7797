/** The learners of tables: which there are, and the settings they start from. */
import type { NetworkConfig, Solver } from './run.ts';

export interface LearnerInfo {
  /** Kebab-case standard name. */
  id: string;
  /** The first is the default. */
  solvers: readonly Solver[];
  /** Whether its hidden layers can be edited. */
  layered: boolean;
}

export const linearRegression: LearnerInfo = {
  id: 'linear-regression',
  solvers: ['closed-form', 'gradient-descent'],
  layered: false,
};

export const logisticRegression: LearnerInfo = {
  id: 'logistic-regression',
  solvers: ['lbfgs', 'gradient-descent'],
  layered: false,
};

export const mlp: LearnerInfo = { id: 'mlp', solvers: ['gradient-descent'], layered: true };

/** By what they answer with; the first is the default. */
export const tableLearners = {
  classes: [logisticRegression, mlp],
  number: [linearRegression, mlp],
} as const satisfies Record<string, readonly LearnerInfo[]>;

/** Adam's constants are Kingma and Ba's (2015); the network's size suits tables of some thousand rows. */
export function defaultConfig(learner: LearnerInfo, target: string): NetworkConfig {
  return {
    learner: learner.id,
    target,
    seed: 1,
    backend: 'auto',
    solver: learner.solvers[0] ?? 'gradient-descent',
    layers: learner.layered
      ? [
          { type: 'dense', units: 64, activation: 'relu' },
          { type: 'dense', units: 32, activation: 'relu' },
        ]
      : [],
    optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
    learningRate: learner.layered ? 0.002 : 0.01,
    clipping: null,
    lossScaling: 'none',
    precision: 'single',
    schedule: { type: 'constant' },
    batchSize: 32,
    epochs: learner.solvers[0] === 'lbfgs' ? 500 : 100,
    earlyStopping: learner.layered ? { patience: 15, minDelta: 0 } : null,
    l1: 0,
    l2: 0,
    inverseRegularization: learner.id === logisticRegression.id ? 1 : null,
    classWeights: 'none',
    folds: null,
    shuffleFolds: true,
    workers: 'auto',
    averageEvery: 1,
  };
}
