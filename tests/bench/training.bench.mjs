/**
 * Training of an MLP 784-128-10 (ReLU, softmax, Adam) in a worker of real Chromium: the studio's planned steps beside
 * tfjs's wasm backend with the studio's own loop, and a plain typed-array loop; interleaved rounds, medians.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build, preview, runnerImport } from 'vite';

const ways = ['planned', 'tfjs', 'plain'];

/** @param options [rounds] */
export async function bench([wanted = '5']) {
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const site = await serve(folder);
  const { launchOptions } = await load('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  const results = [];
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(site.url);
    for (const batch of [32, 128]) {
      const rates = Object.fromEntries(ways.map((way) => [way, []]));
      for (let round = 0; round < Number(wanted) + 1; round++)
        for (const way of ways) {
          const rate = await page.evaluate(([w, b]) => window.measure(w, b), [way, batch]);
          if (round > 0) rates[way].push(rate); // the first warms up
        }
      results.push({ batch, ...Object.fromEntries(ways.map((way) => [way, median(rates[way])])) });
    }
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true });
  }
  console.log(`MLP 784-128-10, examples/s, medians of ${wanted} interleaved rounds`);
  for (const { batch, planned, tfjs, plain } of results)
    console.log(
      `batch ${batch}: planned ${round(planned)} · tfjs wasm ${round(tfjs)} (${(planned / tfjs).toFixed(1)}×) · typed arrays ${round(plain)} (${(planned / plain).toFixed(1)}×)`,
    );
  return results.every(({ planned, tfjs }) => planned > tfjs);
}

const round = (rate) => Math.round(rate).toLocaleString('en');
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function load(path) {
  const { module } = await runnerImport(new URL(path, import.meta.url).pathname);
  return module;
}

async function serve(folder) {
  const { kernels } = await load('../support/vite-kernels.ts');
  const config = {
    configFile: false,
    root: new URL('training', import.meta.url).pathname,
    logLevel: 'error',
    plugins: [kernels()],
    worker: { format: 'es', plugins: () => [kernels()] },
    build: { outDir: join(folder, 'site'), target: 'es2022' },
    preview: { host: '127.0.0.1', port: 0 },
  };
  await build(config);
  const server = await preview(config);
  const { port } = server.httpServer.address();
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.httpServer.close(resolve)),
  };
}
