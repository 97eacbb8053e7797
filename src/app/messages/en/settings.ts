/** Settings of a run that have more to be said of than their names. */
export const settings = {
  constants: 'Constants of the optimiser',
  nesterov: 'Nesterov',
  nesterovHint: 'Takes the gradient where momentum leads.',
  beta1: 'β₁ (mean of gradients)',
  beta2: 'β₂ (mean of squares)',
  decay: 'ρ (mean of squares)',
  epsilon: 'ε (keeps from dividing by 0)',
  stepEvery: 'Lower every',
  stepFactor: 'Times',
  exponentialFactor: 'Times, each epoch',
  warmupEpochs: 'Warm-up',
  plateauPatience: 'Lower after',
  plateauPatienceHint: 'Epochs without a better loss.',
  minDelta: 'Smallest improvement',
  minDeltaHint: 'By how much the loss must fall to count as better.',
  notWithMixed: 'Not with mixed precision.',
  notWithScaling: 'Not with loss scaling, which computes on one core.',
  warnings: {
    batchAboveRows: (rows: string) => `There are ${rows} train rows: each batch is all of them.`,
    warmupTooLong: 'As long as the run: the learning rate is never reached.',
    neverLowered: 'As long as the run: the learning rate is never lowered.',
    neverStopsEarly: 'As long as the run, which it therefore never ends early.',
    noValidation:
      'No rows are held out for validation: it goes by the training loss, which hardly ever stops falling.',
    mixedWithScaling: 'Of no effect: with loss scaling one core computes, in single precision.',
    oneCoreByScaling: 'With loss scaling one core computes.',
    oneCoreByBatchNorm:
      'Batch norm needs whole batches: one core computes, unless weights are averaged after 2 steps or more.',
  },
};
