/** Plain loops over typed arrays, as one would first write them: what kernels must beat. */
import { batchStarts, rateOf, serve } from './contestant.ts';
import { examplesOf, ratingsOf, startOf } from './networks.ts';
import { plainFactorisation } from './plain-factorisation.ts';
import { plainPerceptron } from './plain-perceptron.ts';

serve(async (net, batch) => {
  const start = startOf(net).map(({ values }) => values);
  let step: (from: number) => number;
  let rows: number;
  if (net === 'mlp' || net === 'digits') {
    const examples = await examplesOf(net);
    ({ rows } = examples);
    step = plainPerceptron(examples, start, batch);
  } else if (net === 'mf') {
    const ratings = ratingsOf();
    rows = ratings.values.length;
    step = plainFactorisation(ratings, start, batch);
  } else throw new Error('not written as plain loops');
  const next = batchStarts(rows, batch);
  return {
    losses(steps) {
      const from = batchStarts(rows, batch);
      return Promise.resolve(Array.from({ length: steps }, () => step(from())));
    },
    measure: (ms) =>
      rateOf(batch, ms, 1, () => {
        step(next());
      }),
    dispose: () => undefined,
  };
});
