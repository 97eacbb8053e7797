import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

// Run one at a time: what else the machine does would be measured too.

declare global {
  interface Window {
    livingWorkers: number;
    startedWorkers: number;
  }
}

test('training is held, stepped, gone on with and stopped, each within 200 ms', async ({
  page,
}) => {
  await openStudio(page);
  const times = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'Reins',
      task: 'tabular-classification',
    });
    await project.loadSample('digits');
    const seen: { type: string; at: number }[] = [];
    const run = project.train(
      { learner: 'mlp', backend: 'wasm', epochs: 100_000, earlyStopping: null },
      ({ type }) => seen.push({ type, at: performance.now() }),
    );
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const took = async (act: () => unknown, type: string) => {
      const from = performance.now();
      const before = seen.length;
      await act();
      await until(() => seen.slice(before).some((event) => event.type === type));
      return (seen.slice(before).find((event) => event.type === type)?.at ?? Infinity) - from;
    };
    await until(() => seen.some(({ type }) => type === 'epoch'));
    const pause = await took(() => project.pause(), 'paused');
    const held = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    const isHeld = seen.length === held;
    const step = await took(() => project.step(), 'paused');
    const resume = await took(() => project.resume(), 'resumed');
    const stop = await took(() => project.stop(), 'finished');
    const { status, metrics } = await run;
    return { isHeld, status, accuracy: metrics.test?.['accuracy'] ?? 0, pause, step, resume, stop };
  });
  expect(times.isHeld).toBe(true);
  expect(times.status).toBe('stopped');
  expect(times.accuracy).toBeGreaterThan(0.5);
  for (const act of ['pause', 'step', 'resume', 'stop'] as const)
    expect(times[act], act).toBeLessThan(200);
});

/** Of a new project with a sample. @returns its id */
async function openTrainScreen(page: Page, sample: 'digits' | 'iris') {
  await openStudio(page);
  const id = await page.evaluate(async (name) => {
    const project = await window.glasshouse.createProject({
      name: 'Timed',
      task: 'tabular-classification',
    });
    await project.loadSample(name);
    return project.id;
  }, sample);
  await page.goto(`/#/p/${id}/train`);
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled();
  return id;
}

test('the page has no task over 50 ms while a network trains', async ({ page }) => {
  const id = await openTrainScreen(page, 'digits');
  await page.waitForTimeout(1500); // the screen's own first drawing
  const durations = await page.evaluate(async (project) => {
    const long: number[] = [];
    // What the browser itself calls long: tasks of 50 ms and more, by the clock.
    const seen = (entries: PerformanceEntryList) =>
      long.push(...entries.map(({ duration }) => duration));
    const observer = new PerformanceObserver((list) => seen(list.getEntries()));
    observer.observe({ entryTypes: ['longtask'] });
    const nextTasks = () => new Promise((resolve) => setTimeout(resolve, 100));
    const opened = await window.glasshouse.openProject(project);
    await opened.train({ learner: 'mlp', backend: 'wasm', epochs: 60, earlyStopping: null });
    await nextTasks();
    const ofTraining = [...long];
    // One of 70 ms, so that a browser that tells of none can't pass.
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        for (const from = performance.now(); performance.now() - from < 70;);
        resolve();
      }),
    );
    await nextTasks();
    return { ofTraining, ofProof: long.slice(ofTraining.length) };
  }, id);
  expect(durations.ofProof).toHaveLength(1);
  // By the clock a task also waits for the cores: on two that train and draw, one run in eight has one of 50 to 70 ms.
  expect(durations.ofTraining.length, durations.ofTraining.join()).toBeLessThanOrEqual(1);
  expect(Math.max(0, ...durations.ofTraining)).toBeLessThanOrEqual(100);
});

test('thousands of short epochs are drawn and kept, and leave the page free', async ({ page }) => {
  const epochs = 4000;
  const id = await openTrainScreen(page, 'iris');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const busySeconds = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  };
  const before = await busySeconds();
  const { took, told, curve } = await page.evaluate(
    async ([project, count]) => {
      const opened = await window.glasshouse.openProject(project);
      const told: number[] = [];
      const from = performance.now();
      await opened.train(
        { learner: 'mlp', backend: 'wasm', epochs: count, earlyStopping: null },
        (event) => event.type === 'epoch' && told.push(event.epoch),
      );
      const took = (performance.now() - from) / 1000;
      return { took, told, curve: opened.curve().map(({ epoch }) => epoch) };
    },
    [id, epochs] as const,
  );
  const busy = (await busySeconds()) - before;
  const all = Array.from({ length: epochs }, (_, i) => i + 1);
  expect(told).toEqual(all);
  expect(curve).toEqual(all);
  // Drawing each epoch as it came took the page more than the whole run's time.
  expect(busy / took, 'the share of the time in which the page was busy').toBeLessThan(0.6);
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  await expect(page.getByText(/first 500 of 4,000/)).toBeVisible();
});

test('the first batch is trained within 3 s of the click, tfjs once loaded before', async ({
  page,
}) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'Quick',
      task: 'tabular-classification',
    });
    await project.loadSample('digits');
    await project.train({ learner: 'mlp', epochs: 1 }); // the cache is warm
    return project.id;
  });
  await page.reload(); // workers and their backends start anew
  await openStudio(page, `#/p/${id}/train`);
  await page.getByRole('combobox', { name: 'Learner' }).click();
  await page.getByRole('option', { name: 'Neural network (MLP)' }).click();
  // Heard of at once: on a fast machine the run may be over before anyone looks.
  const told = page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        new MutationObserver(() => {
          if (document.body.innerText.includes('examples/s')) resolve();
        }).observe(document.body, { subtree: true, childList: true, characterData: true }),
      ),
  );
  const clicked = Date.now();
  await page.getByRole('button', { name: 'Start training' }).click();
  await told;
  expect(Date.now() - clicked).toBeLessThanOrEqual(3000);
});

test('memory does not grow with use: projects made, trained on and deleted', async ({ page }) => {
  test.setTimeout(240_000);
  // Counted by the page: Playwright may go on listing a worker that has ended.
  await page.addInitScript(() => {
    window.livingWorkers = 0;
    window.startedWorkers = 0;
    window.Worker = class extends Worker {
      #isLiving = true;
      constructor(...options: ConstructorParameters<typeof Worker>) {
        super(...options);
        window.livingWorkers++;
        window.startedWorkers++;
      }
      override terminate() {
        if (this.#isLiving) window.livingWorkers--;
        this.#isLiving = false;
        super.terminate();
      }
    };
  });
  await openStudio(page);
  const devtools = await page.context().newCDPSession(page);
  const use = async (times: number) => {
    for (let i = 0; i < times; i++) {
      const id = await page.evaluate(async () => {
        const project = await window.glasshouse.createProject({
          name: 'Again',
          task: 'tabular-classification',
        });
        await project.loadSample('digits');
        await project.train({ learner: 'mlp', backend: 'wasm', epochs: 3 });
        return project.id;
      });
      for (const stage of ['data', 'train', 'evaluate', 'models']) {
        await page.goto(`/#/p/${id}/${stage}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      }
      await page.goto('/#/');
      await page.evaluate((project) => window.glasshouse.deleteProject(project), id);
    }
    expect(await page.evaluate(() => window.startedWorkers)).toBeGreaterThan(3 * times);
    expect(await page.evaluate(() => window.livingWorkers), 'workers that were left').toBe(0);
    await page.requestGC();
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const { usageDetails } = await page.evaluate(
      () => navigator.storage.estimate() as Promise<{ usageDetails?: { indexedDB?: number } }>,
    );
    return { heap: usedSize, stored: usageDetails?.indexedDB ?? 0 };
  };
  const before = await use(3);
  const after = await use(6);
  expect(after.heap - before.heap, 'bytes of heap for six projects').toBeLessThan(1_500_000);
  expect(after.stored - before.stored, 'bytes stored').toBeLessThan(4_000_000);
});
