import { expect, test, type Page } from '@playwright/test';
import { openStudio } from './support.ts';

interface StoredRun {
  status: string;
  backend: string | null;
  checkpoint: string | null;
}

/** The first run as it is stored while a worker trains it. */
function storedRun(page: Page) {
  return page.evaluate(
    () =>
      new Promise<StoredRun | null>((resolve, reject) => {
        const opening = indexedDB.open('glasshouse');
        opening.onerror = () => reject(new Error('no database'));
        opening.onsuccess = () => {
          const db = opening.result;
          const all = db.transaction('records').objectStore('records').getAll();
          all.onsuccess = () => {
            db.close();
            const records = all.result as { kind: string; body: unknown }[]; // as storage/db.ts has them
            const run = records.find(({ kind }) => kind === 'run');
            resolve((run?.body as StoredRun | undefined) ?? null); // as the studio wrote it
          };
        };
      }),
  );
}

/** Trains on the sample of film ratings, and doesn't wait for it. */
function startRun(page: Page, learner: string, settings: Record<string, number>) {
  return page.evaluate(
    async ([id, asked]) => {
      const project = await window.glasshouse.createProject({ name: 'Cut off' });
      await project.loadSample('movielens');
      await new Promise<void>((resolve, reject) => {
        project
          .train({ learner: id, settings: asked }, (event) => {
            if (event.type === 'started') resolve();
          })
          .catch(reject);
      });
      return project.id;
    },
    [learner, settings] as const,
  );
}

test('a tab closed in the middle of BPR: on return the run goes on from its checkpoint, to the same model', async ({
  page,
  context,
}) => {
  await openStudio(page);
  const settings = { epochs: 300, factors: 32 }; // several times as long as to the first checkpoint
  const id = await startRun(page, 'bpr', settings);
  await expect.poll(async () => (await storedRun(page))?.checkpoint ?? null).not.toBeNull();
  expect((await storedRun(page))?.status).toBe('running');
  await page.close();

  const again = await context.newPage();
  await openStudio(again, `#/p/${id}/train`);
  await expect(again.getByText(/went on in this epoch from the last checkpoint/)).toBeVisible();
  const rows = again.getByRole('row').filter({ hasText: 'BPR' });
  await expect(rows.getByText('Completed')).toBeVisible({ timeout: 90_000 });
  await expect(rows.getByText(/Epoch \d+ of 300 kept/)).toBeVisible();
  expect((await storedRun(again))?.checkpoint).toBeNull();

  // The same settings without a death give the same model, which is a version already.
  await again.evaluate(
    async ([project, asked]) => {
      const opened = await window.glasshouse.openProject(project);
      await opened.train({ learner: 'bpr', settings: asked });
    },
    [id, settings] as const,
  );
  await expect(rows).toHaveCount(2);
  await again.goto(`/#/p/${id}/models`);
  await expect(again.getByRole('button', { name: /^Version 1/ })).toBeVisible();
  await expect(again.getByRole('button', { name: /^Version 2/ })).toHaveCount(0);
});

test('a tab closed before there was a checkpoint: on return the run is done again, and says so', async ({
  page,
  context,
}) => {
  await openStudio(page);
  const id = await startRun(page, 'ials', { epochs: 15, factors: 64 });
  expect(await storedRun(page)).toMatchObject({ status: 'running', checkpoint: null });
  await page.close();
  const again = await context.newPage();
  await openStudio(again, `#/p/${id}/train`);
  await expect(again.getByText(/done again from the beginning/)).toBeVisible();
  const row = again.getByRole('row').filter({ hasText: 'Implicit ALS' });
  await expect(row.getByText('Completed')).toBeVisible({ timeout: 90_000 });
  await expect(row.getByText(/Epoch \d+ of 15 kept/)).toBeVisible();
});

test('a tab closed in the middle of training: another that only looked writes at once, and goes on with it', async ({
  page,
  context,
}) => {
  await openStudio(page);
  const id = await startRun(page, 'bpr', { epochs: 60, factors: 32 });
  const other = await context.newPage();
  await openStudio(other, `#/p/${id}/train`);
  const write = other.getByRole('button', { name: 'Write from this tab' });
  // Pressed in vain while the first tab is open, it says so after a while; closed meanwhile, it writes.
  await write.click();
  await expect(write).toHaveAttribute('aria-busy', 'true');
  await page.close();
  await expect(write).toHaveCount(0);
  const row = other.getByRole('row').filter({ hasText: 'BPR' });
  await expect(row.getByText('Completed')).toBeVisible({ timeout: 90_000 });
});
