import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { expect, test } from '@playwright/test';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** A plain static host on this machine, with the built folder below a path. */
async function host(missing: string[]) {
  const dist = join(import.meta.dirname, '../../dist');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const file = path.replace(/^\/teacher\/glasshouse\//, '') || 'index.html';
    readFile(join(dist, path.startsWith('/teacher/glasshouse/') ? file : 'outside')).then(
      (body) => {
        const type = types[extname(file)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type }).end(body);
      },
      () => {
        missing.push(path);
        response.writeHead(404).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, url: `http://127.0.0.1:${address.port}/teacher/glasshouse/` };
}

test('the built folder works from a sub-path of a plain static host', async ({ page }) => {
  const missing: string[] = [];
  const { server, url } = await host(missing);
  await page.goto(url);
  await page.waitForFunction(() => 'glasshouse' in window);
  const accuracy = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'Below a path',
      task: 'tabular-classification',
    });
    await project.loadSample('penguins');
    const run = await project.train({ learner: 'mlp', backend: 'wasm', epochs: 5 });
    return run.metrics.test?.['accuracy'] ?? 0;
  });
  server.close();
  server.closeAllConnections();
  expect(accuracy).toBeGreaterThan(0.5);
  expect(missing.filter((path) => path !== '/favicon.ico')).toEqual([]);
});

test('from the second visit on a host without headers is isolated, and two cores share memory', async ({
  page,
}) => {
  const { server, url } = await host([]);
  const train = () =>
    page.evaluate(async () => {
      const project = await window.glasshouse.createProject({
        name: 'On two cores',
        task: 'tabular-classification',
      });
      await project.loadSample('penguins');
      const config = { learner: 'mlp', backend: 'wasm', epochs: 5, workers: 2 } as const;
      const run = await project.train(config);
      const accuracy = run.metrics.test?.['accuracy'] ?? 0;
      return { accuracy, workers: run.workers, isIsolated: crossOriginIsolated };
    });
  await page.goto(url);
  await page.waitForFunction(() => 'glasshouse' in window);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const first = await train(); // by messages
  await page.reload();
  await page.waitForFunction(() => 'glasshouse' in window);
  const second = await train();
  server.close();
  server.closeAllConnections();
  expect(first).toEqual({ accuracy: second.accuracy, workers: 2, isIsolated: false });
  expect(second).toEqual({ accuracy: first.accuracy, workers: 2, isIsolated: true });
  expect(second.accuracy).toBeGreaterThan(0.5);
});
