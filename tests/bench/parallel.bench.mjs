/**
 * Training by one worker and by two, in real Chromium, with memory that they share (the page is isolated) and by
 * messages; gradients summed each step, or weights averaged every 4 or 16. Interleaved rounds, medians.
 *
 *   npm run bench -- parallel [rounds] [ms of a measurement] [workers] [networks]
 */
import { availableParallelism } from 'node:os';
import { measureWorkers, median } from './parallel/measure.mjs';

const wantedRatio = 1.7; // of the CNN, gradients summed in each step

export async function bench([wanted = '5', ms = '1000', several = '2', only = 'cnn,mlp']) {
  const measured = await measureWorkers({
    rounds: Number(wanted),
    ms: Number(ms),
    workers: Number(several),
    networks: only.split(','),
    batches: [32, 128],
    pages: ['shared', 'messages'],
    intervals: [1, 4, 16],
  });
  const results = measured.map(({ rates, ...rest }) => ({
    ...rest,
    medians: each(rates, median),
    ratios: each(rates, (own) => median(own.map((rate, round) => rate / rates.one[round]))),
    rates,
  }));
  console.log(
    `${several} workers of ${availableParallelism()} cores, examples/s, medians of ${wanted} interleaved rounds`,
  );
  for (const { network, batch, startMs, medians, ratios } of results) {
    const parts = Object.entries(medians).map(([name, rate]) =>
      name === 'one'
        ? `one ${round(rate)}`
        : `${name} ${round(rate)} (${ratios[name].toFixed(2)}×)`,
    );
    console.log(`${network} ${batch}: ${parts.join(' · ')} · started in ${round(startMs)} ms`);
  }
  console.log(JSON.stringify(results));
  return results
    .filter(({ network }) => network === 'cnn')
    .every(({ ratios }) => ratios['shared k=1'] >= wantedRatio);
}

const round = (rate) => Math.round(rate).toLocaleString('en');
const each = (record, of) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
