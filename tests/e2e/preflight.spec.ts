import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

/** When each probe that is remembered was made, in ms; the oldest first. */
function probedAt(page: Page) {
  return page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const opening = indexedDB.open('glasshouse');
        opening.onsuccess = () => {
          const db = opening.result;
          const all = db.transaction('records').objectStore('records').getAll();
          all.onsuccess = () => {
            db.close();
            const records = all.result as { kind: string; createdAt: number }[];
            const probes = records.filter(({ kind }) => kind === 'probe');
            resolve(probes.map(({ createdAt }) => createdAt).sort((a, b) => a - b));
          };
        };
      }),
  );
}

test('what a run takes is told before it starts, and again as its settings change', async ({
  page,
}) => {
  const studio = await openStudio(page);
  const { id, estimate, none } = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Foreseen' });
    await project.loadSample('digits');
    return {
      id: project.id,
      estimate: await project.estimate({ learner: 'mlp', epochs: 10 }),
      none: await project.estimate({ learner: 'logistic-regression' }),
    };
  });
  expect(none).toBeNull();
  expect(estimate).toMatchObject({ backend: 'wasm', fits: true });
  expect(estimate?.seconds).toBeCloseTo(10 * (estimate?.secondsPerEpoch ?? NaN), 6);
  await page.goto(`/#/p/${id}/train`);
  await page.getByRole('combobox', { name: 'Learner' }).click();
  await page.getByRole('option', { name: 'Neural network (MLP)' }).click();
  const told = page.getByRole('term').filter({ hasText: 'Time at most' });
  await expect(told).toBeVisible();
  await expect(page.getByText('every train row')).toBeVisible();
  const parameters = page.getByText(/parameters$/);
  const before = await parameters.textContent();
  await page.getByRole('button', { name: 'Add layer' }).click();
  await expect(parameters).not.toHaveText(before ?? '');

  await page.getByText('Network layers').click();
  const layers = page.getByRole('group', { name: 'Network layers' });
  await expect(layers.getByRole('row')).toHaveText([
    'LayerOutput shapeParameters',
    'Input64–',
    '1Dense644,160',
    '2Dense322,080',
    '3Dense321,056',
    '4Dense (output)10330',
    'Total7,626',
  ]);
  await expect(parameters).toHaveText('7,626 parameters');

  const pressedAt = Date.now();
  const again = page.getByRole('button', { name: 'Measure again' });
  await page.keyboard.press('Shift+Tab'); // back from the layers
  await expect(again).toBeFocused();
  await expect(again).toHaveAccessibleDescription(/forgets them all and measures anew/);
  expect((await probedAt(page))[0]).toBeLessThan(pressedAt);
  await page.keyboard.press('Enter');
  // None of those before is left, and its own is there.
  await expect.poll(async () => (await probedAt(page))[0] ?? 0).toBeGreaterThan(pressedAt);
  await expect(again).toBeEnabled();
  await expect(again).toBeFocused();
  await expect(told).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(told).toBeHidden();
  studio.expectPrivate();
});

test('a run whose memory is refused computes its batches in parts, and its log says so', async ({
  page,
}) => {
  // In workers too: the training worker's script is given what refuses memory before its own first line.
  await page.route(/training.*worker.*\.js/, async (route) => {
    const response = await route.fetch();
    const refuse = `{
      const { grow } = WebAssembly.Memory.prototype;
      WebAssembly.Memory.prototype.grow = function (pages) {
        if (this.buffer.byteLength / 65536 + pages > 60) throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
        return grow.call(this, pages);
      };
    }\n`;
    await route.fulfill({ response, body: refuse + (await response.text()) });
  });
  await openStudio(page);
  const { id, status, backend } = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Tight' });
    await project.loadSample('digits');
    const { status, backend } = await project.train({
      ...{ learner: 'mlp', backend: 'wasm', epochs: 3, batchSize: 1000 },
      layers: [{ type: 'dense', units: 512, activation: 'relu' }],
    });
    return { id: project.id, status, backend };
  });
  expect([status, backend]).toEqual(['completed', 'wasm']);
  await page.goto(`/#/p/${id}/train`);
  await expect(page.getByText(/^Log of “/)).toBeVisible();
  await expect(
    page.getByText(/WebAssembly ran out of memory\. Each batch of/).first(),
  ).toBeVisible();
});
