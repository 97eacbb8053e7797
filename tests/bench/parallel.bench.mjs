/**
 * Training by one worker and by two, in real Chromium, with memory that they share (the page is isolated) and by
 * messages; gradients summed each step, or weights averaged every 4 or 16. Interleaved rounds, medians.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { buildSite, load } from './site.mjs';

const intervals = [1, 4, 16];

/** @param options [rounds, milliseconds of a measurement, workers, networks] */
export async function bench([wanted = '5', measuredMs = '1000', several = '2', only = 'cnn,mlp']) {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const open = await buildSite('parallel', folder);
  // The same page twice: with the headers that isolate it, and without.
  const sites = {
    shared: await open({
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    }),
    messages: await open(),
  };
  const { launchOptions } = await load('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  const results = [];
  try {
    const pages = {};
    for (const [name, { url }] of Object.entries(sites)) {
      pages[name] = await browser.newPage();
      pages[name].on('pageerror', (error) => console.error(error));
      await pages[name].goto(url);
    }
    const measure = async (page, options) =>
      pages[page].evaluate((o) => window.measureWorkers(o), {
        ...options,
        measuredMs: Number(measuredMs),
      });
    for (const network of only.split(','))
      for (const batch of [32, 128]) {
        const one = { network, batch, workers: 1, averageEvery: 1 };
        const ways = [
          { name: 'one', page: 'shared', options: one },
          ...['shared', 'messages'].flatMap((page) =>
            intervals.map((averageEvery) => ({
              name: `${page} k=${averageEvery}`,
              page,
              options: { ...one, workers: Number(several), averageEvery },
            })),
          ),
        ];
        const rates = Object.fromEntries(ways.map(({ name }) => [name, []]));
        const starts = [];
        for (let round = 0; round < Number(wanted) + 1; round++)
          for (const { name, page, options } of ways) {
            const { rate, startMs, isIsolated } = await measure(page, options);
            if (isIsolated !== (page === 'shared'))
              throw new Error(`${page}: isolated ${isIsolated}`);
            if (round === 0) continue; // warms up
            rates[name].push(rate);
            if (options.workers > 1) starts.push(startMs);
          }
        const medians = Object.fromEntries(ways.map(({ name }) => [name, median(rates[name])]));
        const ratios = Object.fromEntries(
          ways.map(({ name }) => [
            name,
            median(rates[name].map((rate, round) => rate / rates.one[round])),
          ]),
        );
        results.push({ network, batch, startMs: median(starts), medians, ratios, rates });
      }
  } finally {
    await browser.close();
    for (const site of Object.values(sites)) await site.close();
    rmSync(folder, { recursive: true });
  }
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
    .every(({ ratios }) => ratios['shared k=1'] >= 1.7);
}

const round = (rate) => Math.round(rate).toLocaleString('en');
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
