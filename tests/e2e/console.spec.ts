import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

/** Trains with `cv=5` unshuffled and gives the mean accuracy over the folds. */
function crossValidated(page: Page, sample: string) {
  return page.evaluate(async (id) => {
    const project = await window.glasshouse.createProject({
      name: id,
      task: 'tabular-classification',
    });
    await project.loadSample(id);
    const config = { learner: 'logistic-regression', folds: 5, shuffleFolds: false };
    const run = await project.train(config);
    return run.metrics.test?.['accuracy'] ?? 0;
  }, sample);
}

test("the console cross-validates to scikit-learn's figures", async ({ page }) => {
  const studio = await openStudio(page);
  // REFERENCES: logistic regression, standardised, cv=5 unshuffled
  for (const [sample, expected] of [
    ['iris', 0.96],
    ['wine', 0.9832],
    ['breast-cancer', 0.9807],
    ['digits', 0.9204],
  ] as const) {
    const accuracy = await crossValidated(page, sample);
    expect(Math.abs(accuracy - expected), sample).toBeLessThanOrEqual(0.01);
  }
  studio.expectPrivate();
});

test('OLS on all rows of diabetes: intercept 152.1335, R² .5177', async ({ page }) => {
  await openStudio(page);
  const { intercept, r2 } = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'diabetes',
      task: 'tabular-regression',
    });
    await project.loadSample('diabetes');
    await project.change({
      type: 'split',
      to: { type: 'random', seed: 1, validation: 0, test: 0, stratify: false },
    });
    const run = await project.train({ learner: 'linear-regression' });
    const terms = await project.linearTerms();
    return { intercept: terms?.outputs[0]?.intercept, r2: run.metrics.train?.['r2'] };
  });
  expect(intercept).toBeCloseTo(152.1335, 3);
  expect(r2).toBeCloseTo(0.5177, 3);
});

test('a fold that diverges ends a cross-validation as diverged: no figures, no model, and the log names it', async ({
  page,
}) => {
  await openStudio(page);
  const { run, log } = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'diabetes',
      task: 'tabular-regression',
    });
    await project.loadSample('diabetes');
    const told: unknown[] = [];
    const config = {
      ...{ learner: 'mlp', folds: 3, learningRate: 30, earlyStopping: null },
      optimizer: { type: 'sgd', momentum: 0.9, nesterov: true } as const,
    };
    const ended = await project.train(config, (event) => {
      if (event.type === 'notice') told.push(event.notice);
    });
    return { run: ended, log: told };
  });
  expect(run).toMatchObject({ status: 'diverged', metrics: {}, modelVersion: null, folds: [] });
  expect(log).toEqual([{ type: 'fold-diverged', fold: 1, folds: 3 }]);
});

test('the same seed gives the same curves on every backend, to 1e-5', async ({ page }) => {
  await openStudio(page);
  const curves = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({
      name: 'penguins',
      task: 'tabular-classification',
    });
    await project.loadSample('penguins');
    const train = async (backend: 'cpu' | 'wasm' | 'webgpu') => {
      const losses: number[] = [];
      const run = await project.train(
        {
          learner: 'mlp',
          backend,
          seed: 7,
          epochs: 2,
          batchSize: 64,
          layers: [{ type: 'dense', units: 8, activation: 'relu' }],
        },
        (event) => {
          if (event.type === 'epoch') losses.push(event.train['loss'] ?? NaN);
        },
      );
      return { backend: run.backend, losses };
    };
    return [await train('cpu'), await train('cpu'), await train('wasm'), await train('webgpu')];
  });
  expect(curves.map(({ backend }) => backend)).toEqual(['cpu', 'cpu', 'wasm', 'webgpu']);
  const [first, again, ...others] = curves.map(({ losses }) => losses);
  expect(first).toHaveLength(2);
  expect(again).toEqual(first); // to the last bit on cpu
  for (const losses of others)
    losses.forEach((loss, i) => expect(Math.abs(loss - (first?.[i] ?? NaN))).toBeLessThan(1e-5));
});

for (const backend of ['wasm', 'webgpu'] as const)
  test(`a project trained on ${backend} travels to a fresh profile with its predictions`, async ({
    page,
    browser,
  }) => {
    const studio = await openStudio(page);
    const made = await page.evaluate(async (name) => {
      const project = await window.glasshouse.createProject({
        name: 'Penguins',
        task: 'tabular-classification',
      });
      await project.loadSample('penguins');
      const run = await project.train({ learner: 'mlp', backend: name, epochs: 3, batchSize: 64 });
      const row = { island: 'Dream', bill_length_mm: 46, body_mass_g: 3700, sex: 'female' };
      return { id: project.id, backend: run.backend, answers: await project.predict(row) };
    }, backend);
    expect(made.backend).toBe(backend);

    await page.reload();
    await page.waitForFunction(() => 'glasshouse' in window);
    const bytes = await page.evaluate(async (id) => {
      const blob = await window.glasshouse.exportProject(id);
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    }, made.id);

    const context = await browser.newContext();
    const fresh = await context.newPage();
    await openStudio(fresh);
    const arrived = await fresh.evaluate(async (file) => {
      const project = await window.glasshouse.importProject(new Blob([new Uint8Array(file)]));
      const row = { island: 'Dream', bill_length_mm: 46, body_mass_g: 3700, sex: 'female' };
      return { name: project.name, answers: await project.predict(row) };
    }, bytes);
    expect(arrived.name).toBe('Penguins');
    const probabilities = (answers: typeof made.answers) =>
      answers.flatMap((a) => (a.type === 'class' ? Object.values(a.probabilities) : []));
    expect(probabilities(arrived.answers)).toHaveLength(3);
    probabilities(arrived.answers).forEach((p, i) =>
      expect(p).toBeCloseTo(probabilities(made.answers)[i] ?? NaN, 6),
    );
    studio.expectPrivate();
    await context.close();
  });

/** Twice and more of the five seconds until the tab is closed, on a fast machine. */
const longRuns = [
  { backend: 'cpu', epochs: 100, units: 64 },
  { backend: 'wasm', epochs: 700, units: 256 },
] as const;
for (const { backend, epochs, units } of longRuns)
  test(`a tab closed in the middle of training on ${backend} goes on where it was when it is opened again`, async ({
    page,
    context,
  }) => {
    const layer = { type: 'dense', units, activation: 'relu' } as const;
    const config = {
      ...{ learner: 'mlp', layers: [layer, layer], backend, epochs, earlyStopping: null },
    };
    await openStudio(page);
    const started = await page.evaluate(async (config) => {
      const project = await window.glasshouse.createProject({
        name: 'Long',
        task: 'tabular-classification',
      });
      await project.loadSample('digits');
      return new Promise<string>((resolve) => {
        const start = performance.now();
        void project.train(config, () => {
          // A checkpoint is made every three seconds.
          if (performance.now() - start > 5000) resolve(project.id);
        });
      });
    }, config);
    await page.close();
    const again = await context.newPage();
    await openStudio(again);
    const events = await again.evaluate(
      async ({ id, config }) => {
        const project = await window.glasshouse.openProject(id);
        const before = project.runs()[0]?.status;
        while (project.runs()[0]?.status === 'running')
          await new Promise((resolve) => setTimeout(resolve, 200));
        const [run] = project.runs();
        const figures = () =>
          project.curve().map(({ epoch, train, validation }) => ({ epoch, train, validation }));
        const resumed = figures();
        await project.train(config); // the same again, in one go
        return { before, run, resumed, whole: figures() };
      },
      { id: started, config },
    );
    expect(events.before).toBe('running');
    expect(events.run?.status).toBe('completed');
    expect(events.resumed.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: epochs }, (_, i) => i + 1),
    );
    expect(events.resumed).toEqual(events.whole); // to the last bit
    // That it learned; how well digits are learned is tested beside the pipeline.
    expect(events.run?.metrics.test?.['accuracy']).toBeGreaterThan(0.9);
  });

test('a second tab on the same project may look, not write', async ({ page, context }) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Shared' });
    await project.loadSample('iris');
    return project.id;
  });
  const second = await context.newPage();
  await openStudio(second, `#/p/${id}/train`);
  await expect(second.getByText('This project is open in another tab')).toBeVisible();
  const message = await second.evaluate(async (project) => {
    const opened = await window.glasshouse.openProject(project);
    return opened.train().catch((error: unknown) => String(error));
  }, id);
  expect(message).toContain('is open in another tab');
});

test('bad files are refused by name, and the data that was there stays', async ({ page }) => {
  await openStudio(page);
  const found = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Bad' });
    await project.loadSample('iris');
    const refuse = (content: string | Uint8Array<ArrayBuffer>, name: string) =>
      project.importData([new File([content], name)]).then(
        () => 'taken',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
    return {
      messages: [
        await refuse('', 'empty.csv'),
        await refuse('a,b\n', 'header.csv'),
        await refuse('PK\u0003\u0004', 'book.csv'),
      ],
      rows: (await project.profile()).rows,
    };
  });
  expect(found.messages).toEqual([
    '"empty.csv" is empty',
    '"header.csv" has column names and no rows',
    '"book.csv" is a zip archive or an Excel workbook, not a table. Save it as CSV, JSON or Parquet',
  ]);
  expect(found.rows).toBe(150);
});
