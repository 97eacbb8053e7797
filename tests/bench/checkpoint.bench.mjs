/**
 * What checkpoints cost a run: a multi-layer perceptron of 4.9 million parameters with Adam, trained in a worker of
 * real Chromium with checkpoints stored in IndexedDB and without, in turn. Fails where one adds more than 20 ms to a
 * step beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { buildSite, load } from './site.mjs';

const mostMs = 20;
/** Steps beside a checkpoint. */
const besides = 3;

/** @param options [rounds, seconds of a run, rows of a batch, milliseconds between checkpoints; usual: as in the studio] */
export async function bench([wanted = '3', seconds = '15', batch = '32', every = 'usual']) {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const site = await (await buildSite('checkpoint', folder))();
  const { launchOptions } = await load('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  const runs = { without: [], with: [] };
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(site.url);
    for (let round = 0; round < Number(wanted); round++)
      for (const [name, everyMs] of Object.entries({
        without: Infinity,
        with: every === 'usual' ? null : Number(every),
      }))
        runs[name].push(
          await page.evaluate((options) => window.trainFor(options), {
            ...{ batch: Number(batch), seconds: Number(seconds), everyMs },
          }),
        );
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true });
  }
  return report(runs, { batch, seconds, every });
}

function report(runs, { batch, seconds, every }) {
  const plain = runs.without.flatMap(({ ms }) => ms);
  const medianMs = median(plain);
  const all = runs.with.flatMap(({ ms }) => ms);
  // The step in which it is taken, and the two while it is handed over and read; and any three without one.
  const longestOf = (ms, step) => Math.max(...ms.slice(step, step + besides));
  const usualMs = median(
    runs.without.flatMap(({ ms }) =>
      ms.slice(0, 1 - besides).map((_, step) => longestOf(ms, step)),
    ),
  );
  const taken = runs.with.flatMap(({ ms, taken: own }) =>
    own
      .filter(({ step }) => step > 0 && step < ms.length)
      .map(({ step, ms: takenMs }) => ({ takenMs, beside: longestOf(ms, step) })),
  );
  const adds = taken.map(({ beside }) => beside - usualMs);
  const rate = (list) => list.map(({ ms }) => ms.length / ms.reduce((sum, one) => sum + one, 0));
  const ratio = median(rate(runs.with)) / median(rate(runs.without));
  const ms = (value) => `${value.toFixed(1)} ms`;
  console.log(`
${runs.with[0].parameters.toLocaleString('en')} parameters, Adam, batch ${batch}, a checkpoint every ${every === 'usual' ? '3 to 10 s' : `${every} ms`}; ${runs.with.length} runs of ${seconds} s each way, interleaved
${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}
step without checkpoints    median ${ms(medianMs)}, 99 of 100 within ${ms(quantile(plain, 0.99))}, longest ${ms(Math.max(...plain))}
step with them              median ${ms(median(all))}, 99 of 100 within ${ms(quantile(all, 0.99))}, longest ${ms(Math.max(...all))}
taking one of ${taken.length}            median ${ms(median(taken.map(({ takenMs }) => takenMs)))}, longest ${ms(Math.max(...taken.map(({ takenMs }) => takenMs)))}
longest of 3 beside one     median ${ms(median(taken.map(({ beside }) => beside)))}, longest ${ms(Math.max(...taken.map(({ beside }) => beside)))}, without one ${ms(usualMs)}
it adds to that             median ${ms(median(adds))}, most ${ms(Math.max(...adds))}
storing one, elsewhere      median ${ms(median(runs.with.flatMap(({ storedMs }) => storedMs)))}
throughput with / without   ${ratio.toFixed(3)}`);
  const isWithin = taken.length > 0 && median(adds) <= mostMs;
  if (!isWithin) console.error(`FAILED: a checkpoint adds more than ${mostMs} ms to a step`);
  return isWithin;
}

const quantile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * share)];
const median = (numbers) => quantile(numbers, 0.5);
