import { chromium, expect, test, type Page } from '@playwright/test';
import { launchOptions } from '../support/chromium.ts';
import { openStudio } from './support.ts';

const origin = 'http://127.0.0.1:4173';

/** How many chunks of bytes the database holds. */
function chunkCount(page: Page) {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('glasshouse');
        opening.onerror = () => reject(new Error('no database'));
        opening.onsuccess = () => {
          const db = opening.result;
          const count = db.transaction('chunks').objectStore('chunks').count();
          count.onsuccess = () => {
            db.close();
            resolve(count.result);
          };
        };
      }),
  );
}

test('a tab closed in the middle of an import leaves no half data set, and its bytes are let go', async ({
  page,
  context,
}) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Cut off' });
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${i * 0.5},text ${i}`).join('\n');
    const file = new File(
      ['a,b,c\n', ...Array.from({ length: 60 }, () => `${lines}\n`)],
      'big.csv',
    );
    void project.importData([file]);
    return project.id;
  });
  await expect.poll(() => chunkCount(page)).toBeGreaterThan(3);
  await page.close();
  const again = await context.newPage();
  await openStudio(again, `#/p/${id}/data`);
  await expect(again.getByRole('heading', { name: 'Bring a table' })).toBeVisible();
  await expect.poll(() => chunkCount(again)).toBe(0);
});

/** Takes all the room that is left, to some 1,000 bytes. */
function fillDisk(page: Page) {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('filler', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('bytes');
      opening.onsuccess = () => resolve(opening.result);
    });
    for (let size = 2 ** 20, at = 0; size > 500; at++) {
      const isStored = await new Promise<boolean>((resolve) => {
        const transaction = db.transaction('bytes', 'readwrite');
        transaction
          .objectStore('bytes')
          .put(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))), at);
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
      });
      if (!isStored) size /= 2;
    }
    db.close();
  });
}

test('a full disk stops an import and a run with the remedy, and what was saved stays', async ({
  page,
  context,
}) => {
  // Before the database is opened: the browser remembers its room for minutes.
  await page.goto('/notices.json');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 6_000_000 });
  await openStudio(page);
  const { id, message } = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Full' });
    await project.loadSample('iris');
    const lines = Array.from({ length: 300_000 }, (_, i) => `${i},${Math.sin(i)},text ${i}`);
    const message = await project
      .importData([new File([`a,b,c\n${lines.join('\n')}\n`], 'large.csv')])
      .then(
        () => 'imported',
        (error: unknown) => `${(error as { code: string }).code}: ${String(error)}`,
      );
    return { id: project.id, message };
  });
  expect(message).toContain('storage-full');
  await fillDisk(page);
  await page.goto(`/#/p/${id}/train`);
  await page.getByRole('button', { name: 'Start training' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'Delete a project' });
  await expect(alert.first()).toBeVisible({ timeout: 30_000 });
  await page.close();
  const again = await context.newPage();
  await openStudio(again, `#/p/${id}/data`);
  await expect(again.getByText('150 rows')).toBeVisible();
  const rows = await again.evaluate(async (project) => {
    const opened = await window.glasshouse.openProject(project);
    return (await opened.profile()).rows; // though its figures can't be kept
  }, id);
  expect(rows).toBe(150);
});

test('a network whose checkpoints meet a full disk trains on, says so, and its model is kept', async ({
  browser,
}) => {
  // What a service worker caches takes of the same room, and comes when it likes.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto('/notices.json');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 14_000_000 });
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Filling' });
    await project.loadSample('digits');
    // Weights take 4.5 MB; with the best so far and what Adam keeps a checkpoint takes four times as much.
    const layer = { type: 'dense', units: 1024, activation: 'relu' } as const;
    void project.train({
      ...{ learner: 'mlp', layers: [layer, layer], backend: 'wasm' },
      ...{ epochs: 10_000, earlyStopping: null },
    });
    return project.id;
  });
  await page.goto(`/#/p/${id}/train`);
  await expect(page.getByText('the run’s state couldn’t be stored')).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.getByText('Delete projects or model versions')).toBeVisible();
  await page.getByRole('button', { name: 'Stop and keep the best' }).click();
  const run = await page.evaluate(async (project) => {
    const opened = await window.glasshouse.openProject(project);
    while (opened.runs()[0]?.status === 'running')
      await new Promise((resolve) => setTimeout(resolve, 100));
    return opened.runs()[0];
  }, id);
  expect(run?.status).toBe('stopped');
  expect(run?.modelVersion).toBeTruthy();
  await context.close();
});

test('a database that a newer studio wrote is left alone, and the page says so', async ({
  page,
}) => {
  await page.goto('/notices.json');
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('glasshouse', 999);
        opening.onupgradeneeded = () => opening.result.createObjectStore('future');
        opening.onsuccess = () => {
          opening.result.close();
          resolve();
        };
      }),
  );
  await openStudio(page);
  const alert = page.getByRole('alert').filter({ hasText: 'newer version of Glasshouse' });
  await expect(alert).toContainText('Reload the page to get the newer studio');
  const stores = await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('glasshouse');
      opening.onsuccess = () => resolve(opening.result);
    });
    return [db.version, ...db.objectStoreNames];
  });
  expect(stores).toEqual([999, 'future']);
});

test('without storage the page says what does not work, and the rest does', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
  });
  await openStudio(page);
  const alert = page.getByRole('alert').filter({ hasText: 'gives the page no storage' });
  await expect(alert).toContainText('This browser keeps nothing');
  await page.goto('/#/privacy');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Privacy');
  await page.goto('/#/notices');
  await expect(page.getByText('@tensorflow/tfjs-core')).toBeVisible();
});

test('without WebGPU the studio trains, and the chip does not promise it', async () => {
  const browser = await chromium.launch({
    ...launchOptions,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ baseURL: origin });
    await openStudio(page);
    const result = await page.evaluate(async () => {
      const project = await window.glasshouse.createProject({ name: 'No GPU' });
      await project.loadSample('penguins');
      const auto = await project.train({ learner: 'mlp', epochs: 3 });
      const asked = await project.train({ learner: 'mlp', epochs: 3, backend: 'webgpu' });
      return { auto: auto.backend, asked: [asked.status, asked.backend] };
    });
    expect(result).toEqual({ auto: 'wasm', asked: ['completed', 'wasm'] });
    await expect(page.getByRole('button', { name: 'This device' })).toContainText('WebAssembly');
  } finally {
    await browser.close();
  }
});

test('markup in names and cells is shown to the letter and never run', async ({ page }) => {
  const studio = await openStudio(page);
  const evil = '<img src=x onerror="window.hacked=1">';
  const id = await page.evaluate(async (cell) => {
    const name = '<script>window.hacked=1</script>';
    const project = await window.glasshouse.createProject({ name });
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i},${i % 2 ? `"${cell.replaceAll('"', '""')}"` : '城市 😀'}`,
    );
    await project.importData([new File([`${name},=cmd|x\n${rows.join('\n')}\n`], `${name}.csv`)]);
    await project.train({ target: '=cmd|x' });
    return project.id;
  }, evil);
  for (const stage of ['data', 'train', 'evaluate', 'models']) {
    await page.goto(`/#/p/${id}/${stage}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  }
  await page.goto(`/#/p/${id}/evaluate`);
  await expect(page.getByText(evil).first()).toBeVisible();
  await page.goto('/#/');
  await expect(page.getByText('<script>window.hacked=1</script>').first()).toBeVisible();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  studio.expectPrivate();
});

test('a run that diverges keeps its last good weights and says what to change', async ({
  page,
}) => {
  await openStudio(page);
  const { id, run } = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Steep' });
    await project.loadSample('penguins');
    const run = await project.train({
      learner: 'mlp',
      backend: 'cpu',
      learningRate: 1e30,
      epochs: 20,
    });
    return { id: project.id, run };
  });
  expect(run.status).toBe('diverged');
  await page.goto(`/#/p/${id}/train`);
  await expect(page.getByText('Diverged', { exact: true })).toBeVisible();
  await expect(page.getByText('Lower the learning rate')).toBeVisible();
});

test('the address chooses the backend; one that does not exist is named', async ({ page }) => {
  const train = () =>
    page.evaluate(async () => {
      const project = await window.glasshouse.createProject({ name: 'Chosen' });
      await project.loadSample('penguins');
      return project.train({ learner: 'mlp', epochs: 2 }).then(
        ({ backend }) => backend,
        (error: unknown) => String(error),
      );
    });
  await openStudio(page, '?backend=cpu#/');
  expect(await train()).toBe('cpu');
  await openStudio(page, '?backend=cuda#/');
  expect(await train()).toContain('The address asks for the backend "cuda"');
});

test('a worker that dies is told, and the next run trains', async ({ page }) => {
  await openStudio(page);
  const id = await page.evaluate(async () => {
    const project = await window.glasshouse.createProject({ name: 'Crash' });
    await project.loadSample('digits');
    return project.id;
  });
  const found = page.waitForEvent('worker', (worker) => worker.url().includes('training'));
  const failure = page.evaluate(async (project) => {
    const opened = await window.glasshouse.openProject(project);
    return opened
      .train({ learner: 'mlp', epochs: 10_000, earlyStopping: null })
      .catch((error: unknown) => String(error));
  }, id);
  const worker = await found;
  await page.waitForTimeout(1500);
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('lost its mind');
    });
  });
  expect(await failure).toContain('lost its mind');
  const status = await page.evaluate(async (project) => {
    const opened = await window.glasshouse.openProject(project);
    return (await opened.train({ learner: 'logistic-regression' })).status;
  }, id);
  expect(status).toBe('completed');
});
