/** The table of runs on the Train screen. */
export const runs = {
  /** Which rows a figure is of. */
  parts: {
    test: 'test',
    validation: 'validation',
    folds: 'cross-validation',
  },
  /** Beside a figure that isn't of what is predicted now. */
  ofTarget: (target: string) => `of “${target}”`,
  otherData: 'other version of the data',
  took: 'Took',
  parameters: (count: string) => `${count} parameters`,
  mostDrawn: (count: string) =>
    `The curves of ${count} runs at most are drawn at once; a further one takes the place of the one drawn longest.`,
  resume: 'Resume',
  resumeFromCheckpoint: 'Resume from the last checkpoint',
  why: 'Why it failed…',
  details: (name: string) => `Details of “${name}”`,
  on: 'on',
  off: 'off',
  /** Settings that are named in no form, or there by another word. */
  settings: {
    target: 'Target',
    shuffleFolds: 'Folds of shuffled rows',
    nesterov: 'Nesterov',
    beta1: 'β₁',
    beta2: 'β₂',
    epsilon: 'ε',
    decay: 'ρ',
    every: 'every',
    factor: '×',
    warmupEpochs: 'warm-up',
    patience: 'patience',
    momentum: 'momentum',
    weightDecay: 'weight decay',
    minDelta: 'min. improvement',
  },
};
