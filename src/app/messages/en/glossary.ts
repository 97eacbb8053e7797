/** Technical words in plain language. `formula` is for people who want it. One long list: a word is looked up in one place. */
export const glossary = {
  target: { name: 'Target', text: 'The column that the model learns to predict.', formula: '' },
  feature: {
    name: 'Feature',
    text: 'A column that the model may look at to make its prediction.',
    formula: '',
  },
  split: {
    name: 'Split',
    text: 'The rows are parted in three: most train the model, some (validation) are watched while it trains, and some (test) are kept aside to see how it does on rows it never met.',
    formula: '',
  },
  stratified: {
    name: 'Stratified',
    text: 'Each part of the split gets the same share of every class, so that a rare one is not missing somewhere. Numbers are shared out by tenths: the lowest, the next, up to the highest.',
    formula: '',
  },
  seed: {
    name: 'Seed',
    text: 'The number that chance starts from. The same seed, data and settings give the same result again.',
    formula: '',
  },
  baseline: {
    name: 'Baseline',
    text: 'What you would score without learning anything: always the most frequent class, or always the mean. A model has to beat it.',
    formula: '',
  },
  accuracy: {
    name: 'Accuracy',
    text: 'The share of rows that were predicted right.',
    formula: 'right ÷ all',
  },
  balancedAccuracy: {
    name: 'Balanced accuracy',
    text: 'The recall of each class, averaged. A model that ignores a rare class cannot hide behind a frequent one.',
    formula: 'mean over classes of recall',
  },
  precision: {
    name: 'Precision',
    text: 'Of the rows that were called this class, the share that really are.',
    formula: 'TP ÷ (TP + FP)',
  },
  recall: {
    name: 'Recall',
    text: 'Of the rows that really are this class, the share that were found.',
    formula: 'TP ÷ (TP + FN)',
  },
  f1: {
    name: 'F1',
    text: 'Precision and recall in one figure; it is low if either is low.',
    formula: '2 · precision · recall ÷ (precision + recall)',
  },
  rocAuc: {
    name: 'ROC-AUC',
    text: 'Take one row of the class and one that is not: how often does the model give the first the higher probability? 0.5 is chance, 1 is perfect.',
    formula: 'P(score₊ > score₋)',
  },
  prAuc: {
    name: 'PR-AUC',
    text: 'The area under the curve of precision against recall. It tells more than ROC-AUC where the class is rare.',
    formula: 'Σ (Rₙ − Rₙ₋₁) · Pₙ',
  },
  logLoss: {
    name: 'Log loss',
    text: 'How surprised the model is by the truth. Being sure and wrong costs most. Lower is better.',
    formula: '−mean ln p(true class)',
  },
  mae: {
    name: 'MAE',
    text: 'By how much a prediction is off, on average, in the target’s unit.',
    formula: 'mean |y − ŷ|',
  },
  rmse: {
    name: 'RMSE',
    text: 'Like MAE, but large errors weigh more. In the target’s unit.',
    formula: '√ mean (y − ŷ)²',
  },
  r2: {
    name: 'R²',
    text: 'The share of the target’s variation that the model explains. 0 is as good as the mean, 1 is perfect, below 0 is worse than the mean.',
    formula: '1 − Σ(y − ŷ)² ÷ Σ(y − ȳ)²',
  },
  interval: {
    name: '95 % interval',
    text: 'With other test rows the figure would differ a little. This range says by how much: it comes from drawing the test rows again and again, with repetition.',
    formula: '2.5 % and 97.5 % quantiles of the bootstrap',
  },
  confusionMatrix: {
    name: 'Confusion matrix',
    text: 'Counts of rows by what they are (rows) and what the model said (columns). The diagonal is right; the rest shows what is mistaken for what.',
    formula: '',
  },
  loss: {
    name: 'Loss',
    text: 'The figure that training makes smaller, step by step.',
    formula: '',
  },
  epoch: { name: 'Epoch', text: 'One pass over all rows that train.', formula: '' },
  batchSize: {
    name: 'Batch size',
    text: 'How many rows the model sees before it corrects itself. Small batches are noisier; large ones need more memory.',
    formula: '',
  },
  learningRate: {
    name: 'Learning rate',
    text: 'How big each correction is. Too small and training crawls; too big and it never settles.',
    formula: 'w ← w − η · ∂L/∂w',
  },
  earlyStopping: {
    name: 'Early stopping',
    text: 'Training ends when the validation rows stop getting better, and goes back to the best weights.',
    formula: '',
  },
  l2: {
    name: 'L2 penalty',
    text: 'Keeps weights small, so that no single feature is trusted too much.',
    formula: 'L + λ/2 · Σ w²',
  },
  l1: {
    name: 'L1 penalty',
    text: 'Pushes weights that help little to exactly zero, so that fewer features are used.',
    formula: 'L + λ · Σ |w|',
  },
  dropout: {
    name: 'Dropout',
    text: 'Switches off a random share of neurons at each step, so that the network does not lean on any one of them.',
    formula: '',
  },
  scaling: {
    name: 'Scale',
    text: 'Shifts and stretches a column, so that its unit doesn’t decide how much it counts. Standard: mean 0, deviation 1. From 0 to 1: by the smallest and the largest. Robust: by median and quartiles, which outliers don’t move. Fitted on training rows only.',
    formula: '(x − mean) ÷ sd · (x − min) ÷ (max − min) · (x − median) ÷ (Q75 − Q25)',
  },
  imputation: {
    name: 'Missing cells',
    text: 'Most models need a value in every cell. The mean or median of the training rows changes a column least; a category of its own lets the model learn that missing means something; leaving the row out loses its other cells.',
    formula: '',
  },
  missingIndicator: {
    name: 'Missing indicator',
    text: 'One more feature, 1 where the cell was missing and 0 elsewhere, so that the stand-in is not taken for a measurement.',
    formula: '',
  },
  oneHot: {
    name: 'One feature a category',
    text: 'A category becomes as many features of 0 and 1 as it has values. Rare values say little each and cost a feature each, so beyond a limit they share one.',
    formula: '',
  },
  columnType: {
    name: 'Type',
    text: 'How a column’s cells are read. Numbers, whole numbers and dates can be compared and averaged; categories and yes/no can only be equal or not; text and identifiers are kept, but not learned from.',
    formula: '',
  },
  splitKinds: {
    name: 'How rows are split',
    text: 'At random: for rows that don’t depend on each other. By group: all rows of one patient, say, stay together, or the model could recognise them. By time: the latest rows test, as in real use. By a column: the split that somebody made before.',
    formula: '',
  },
  quantile: {
    name: 'Quantile',
    text: 'The value below which a given share of the values lies. The 50 % quantile is the median; half of the values lie between the 25 % and the 75 % quantile.',
    formula: '',
  },
  standardDeviation: {
    name: 'Standard deviation',
    text: 'How far values typically are from their mean, in the column’s unit.',
    formula: '√( Σ (x − mean)² ÷ (n − 1) )',
  },
  pearson: {
    name: 'Correlation (Pearson)',
    text: 'How well a straight line tells one number from the other: 0 is not at all, 1 exactly. A bent relation can hide from it.',
    formula: '|cov(x, y)| ÷ (sd x · sd y)',
  },
  correlationRatio: {
    name: 'Correlation ratio η',
    text: 'How much of a number’s spread is between the classes and not within them: 0 where all classes have the same mean, 1 where the class settles the number.',
    formula: '√( spread between classes ÷ whole spread )',
  },
  cramersV: {
    name: 'Cramér’s V',
    text: 'How strongly two categories go together, from 0 (independent) to 1 (one settles the other).',
    formula: '√( χ² ÷ (n · (min(rows, columns) − 1)) )',
  },
  leak: {
    name: 'Leak',
    text: 'A column that gives the answer away, because it was written after the answer was known or is the same thing in other words. The test looks splendid, and in use the model fails: there, the column is not filled in yet.',
    formula: '',
  },
  idLike: {
    name: 'Like an identifier',
    text: 'A column whose value is different in almost every row: a name, a number, a code. A model can learn the rows by heart from it, and knows nothing about new ones.',
    formula: '',
  },
  imbalance: {
    name: 'Imbalance',
    text: 'Some classes are far more frequent than others. Always answering the most frequent one then looks accurate, so look at balanced accuracy.',
    formula: '',
  },
  classWeights: {
    name: 'Class weights',
    text: 'Lets mistakes on rare classes cost more, so that they are not ignored.',
    formula: 'rows ÷ (classes · rows of the class)',
  },
  dataVersion: {
    name: 'Data version',
    text: 'Data never changes in place: each change makes a new version, named by a digest of all its cells. A model knows which it was trained on.',
    formula: 'SHA-256',
  },
  solver: {
    name: 'Solver',
    text: 'How the best weights are found: by solving equations at once, by looking at all rows in each step (L-BFGS), or batch by batch (gradient descent).',
    formula: '',
  },
  optimizer: {
    name: 'Optimiser',
    text: 'How a gradient becomes a correction. SGD follows it; Adam and RMSprop give each weight a step of its own, by how steep its slope has been lately.',
    formula: 'Adam: w ← w − η · m̂ ÷ (√v̂ + ε)',
  },
  momentum: {
    name: 'Momentum',
    text: 'Keeps going in the direction of earlier steps, which evens out noisy batches.',
    formula: 'v ← μ · v + ∂L/∂w',
  },
  weightDecay: {
    name: 'Weight decay',
    text: 'Shrinks every weight a little at each step, apart from the gradient.',
    formula: 'w ← w − η · λ · w',
  },
  clipping: {
    name: 'Gradient clipping',
    text: 'Holds a gradient that is too large to a limit, so that one odd batch can’t throw the weights far off. By length, all keep their direction.',
    formula: 'g ← g · min(1, limit ÷ ‖g‖)',
  },
  lossScaling: {
    name: 'Loss scaling',
    text: 'Multiplies the loss while gradients are computed and divides them afterwards, so that tiny ones don’t vanish on the way back through the layers. A step whose gradients overflow is left out and the factor halved; after 2,000 good steps it doubles. Networks of 32-bit numbers such as these rarely need it.',
    formula: 'g ← ∂(s · L)/∂w ÷ s',
  },
  mixedPrecision: {
    name: 'Mixed precision',
    text: 'Holds both sides of matrix products as 16-bit numbers, which halves what a graphics processor has to move, and sums in 32 bits; weights, gradients and all else keep 32. Products are off by some 0.05 %. The loss is multiplied by 4,096 while gradients are computed, so that small ones don’t vanish.',
    formula: 'C = Σ half(A) · half(B)',
  },
  schedule: {
    name: 'Learning-rate schedule',
    text: 'How the learning rate changes as training goes on: large steps at first, small ones to settle.',
    formula: '',
  },
  inverseRegularization: {
    name: 'C',
    text: 'How much the training rows count against the penalty on large weights. A small C keeps weights small.',
    formula: 'λ = 1 ÷ (C · rows)',
  },
  crossValidation: {
    name: 'Cross-validation',
    text: 'The rows are dealt into folds. Each fold is tested once by a model that was trained on the others (in time: on what came before), and the figures are averaged: no row is tested by a model that has seen it.',
    formula: '',
  },
  backend: {
    name: 'Where it computes',
    text: 'The graphics processor (WebGPU, WebGL), the processor with vector instructions (WebAssembly), or plain JavaScript. Left to the studio, the fastest is measured on your own network.',
    formula: '',
  },
  association: {
    name: 'With the target',
    text: 'How strongly the column goes with the target, from 0 to 1: correlation for two numbers, correlation ratio for a number and classes, Cramér’s V for two categories. It sees each column alone.',
    formula: '',
  },
  ndcg: {
    name: 'NDCG@k',
    text: 'How near the top of the list the right items are: a hit in the first place counts most, one further down less. 1 is the best order that there could be, 0 no hit at all.',
    formula: 'Σ 1 ÷ log₂(place + 1) over hits ÷ the most that there could be',
  },
  recallAtK: {
    name: 'Recall@k',
    text: 'Of what the person went on to have, the share that was among the first k places.',
    formula: 'hits ÷ wanted',
  },
  precisionAtK: {
    name: 'Precision@k',
    text: 'Of the first k places, the share that the person went on to have.',
    formula: 'hits ÷ k',
  },
  meanAveragePrecision: {
    name: 'MAP@k',
    text: 'Precision at each hit, averaged: it rewards hits that come early and close together.',
    formula: 'Σ precision at each hit ÷ min(k, wanted)',
  },
  mrr: {
    name: 'MRR@k',
    text: 'How early the first hit comes: 1 in the first place, ½ in the second, 0 where there is none.',
    formula: 'mean 1 ÷ place of the first hit',
  },
  hitRate: {
    name: 'Hit rate@k',
    text: 'The share of people for whom at least one of the first k places was right.',
    formula: 'people with a hit ÷ people',
  },
  coverage: {
    name: 'Coverage',
    text: 'The share of all items that anybody is shown. A list of the most popular items shows the same few to all.',
    formula: 'items in any list ÷ items',
  },
  novelty: {
    name: 'Novelty',
    text: 'How little known the shown items are, in bits: 1 bit more is half as many people who had it.',
    formula: 'mean −log₂(people who had it ÷ people)',
  },
  gini: {
    name: 'Gini',
    text: 'How unevenly places are shared out among items: 0 where all items are shown alike, near 1 where a few get all places.',
    formula: 'Σ (2i − n − 1) · xᵢ ÷ (n · Σ xᵢ), x ascending',
  },
  listDiversity: {
    name: 'Diversity',
    text: 'How unlike one another the items of one list are, by who has had them in the training part, whatever they gave them: one measure for every method. 0: the same people had all of them.',
    formula: '1 − mean cosine of pairs',
  },
  trainSeconds: {
    name: 'Time to train',
    text: 'Seconds that fitting took on this device, pauses and measuring aside.',
    formula: '',
  },
  pairedDifference: {
    name: 'Paired difference',
    text: 'The same people are ranked for by both methods, so what differs between people cancels out. Where the interval holds 0, it is a tie: with other people the order might be the other way round.',
    formula: 'mean over people of a − b, 95 % by bootstrap',
  },
  sampledMetrics: {
    name: 'Sampled metrics',
    text: 'Ranking the wanted item among a few random ones in place of all. Quick, but another figure: it flatters, and can order methods wrongly.',
    formula: 'place among 1 + 100 items',
  },
  lookAhead: {
    name: 'Look-ahead',
    text: 'The share of test events before which training has already seen something later. In use there is no later.',
    formula: 'test events with later training events ÷ test events',
  },
};
