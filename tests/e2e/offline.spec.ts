import { expect, test } from '@playwright/test';
import { openStudio } from './support.ts';

test('after one visit the studio starts and trains with the network off', async ({
  page,
  context,
}) => {
  await openStudio(page);
  await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'First visit' });
    await project.loadSample('penguins'); // a sample is kept once it was used
    await navigator.serviceWorker.ready;
  });
  await context.setOffline(true);
  await page.reload();
  await page.waitForFunction(() => 'glasshouse' in window);
  const accuracy = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'Offline',
      task: 'tabular-classification',
    });
    await project.loadSample('penguins');
    const run = await project.train({ learner: 'mlp', backend: 'wasm', epochs: 10 });
    return run.metrics.test?.['accuracy'] ?? 0;
  });
  expect(accuracy).toBeGreaterThan(0.8);
});
