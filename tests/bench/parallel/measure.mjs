/** Training by one worker and by several, in real Chromium: what the benchmarks of training and of workers share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { buildSite, load } from '../site.mjs';

/**
 * Interleaved rounds, the first of which warms up.
 * @param job { rounds, ms of a measurement, workers, networks, batches, pages of 'shared' and 'messages', intervals of averaging }
 * @returns for each network and batch { network, batch, startMs, rates }: examples a second of each round, of `one` worker
 * and of `<page> k=<interval>`
 */
export async function measureWorkers({ pages: wanted, ...job }) {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const open = await buildSite('parallel', folder);
  // The same page twice: with the headers that isolate it, and without.
  const headers = {
    shared: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
    messages: {},
  };
  const sites = [];
  const { launchOptions } = await load('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  try {
    const pages = {};
    for (const name of wanted) {
      const site = await open(headers[name]);
      sites.push(site);
      pages[name] = await browser.newPage();
      pages[name].on('pageerror', (error) => console.error(error));
      await pages[name].goto(site.url);
    }
    const results = [];
    for (const network of job.networks)
      for (const batch of job.batches)
        results.push(await measureOne(pages, { ...job, network, batch }));
    return results;
  } finally {
    await browser.close();
    for (const site of sites) await site.close();
    rmSync(folder, { recursive: true });
  }
}

async function measureOne(pages, { network, batch, rounds, ms, workers, intervals }) {
  const names = Object.keys(pages);
  const one = { network, batch, workers: 1, averageEvery: 1, measuredMs: ms };
  const ways = [
    { name: 'one', page: names[0], options: one },
    ...names.flatMap((page) =>
      intervals.map((averageEvery) => ({
        name: `${page} k=${averageEvery}`,
        page,
        options: { ...one, workers, averageEvery },
      })),
    ),
  ];
  const rates = Object.fromEntries(ways.map(({ name }) => [name, []]));
  const starts = [];
  for (let round = 0; round <= rounds; round++)
    for (const { name, page, options } of ways) {
      const measured = await pages[page].evaluate((o) => window.measureWorkers(o), options);
      if (measured.isIsolated !== (page === 'shared'))
        throw new Error(`${page}: isolated ${measured.isIsolated}`);
      if (round === 0) continue;
      rates[name].push(measured.rate);
      if (options.workers > 1) starts.push(measured.startMs);
    }
  return { network, batch, startMs: median(starts), rates };
}

export const median = (numbers) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
