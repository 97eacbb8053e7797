import { proxy } from 'comlink';
import { mount, unmount } from 'svelte';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { i18n } from '../../src/app/i18n.svelte.ts';
import { recommendClient } from '../../src/rpc/clients.ts';
import type { ProjectSession } from '../../src/state/project-session.svelte.ts';
import ExportLists from '../../src/tasks/recommendation/preview/ExportLists.svelte';
import { projectOf, ratingsOf } from '../support/studio-project.ts';

const people = 1500;
const count = 50;
/** Slow: a list is made item by item. */
const rerank = { diversity: 0.5, popularity: 0, freshness: 0 };
let session: ProjectSession;
let version: string;
let end: () => Promise<void>;

beforeAll(async () => {
  await i18n.loadScreens();
  const project = await projectOf(ratingsOf(people, { films: 200, each: 8 }));
  ({ session } = project);
  end = () => project.workspace.deleteProject(project.id);
  const run = await session.train({ learner: 'ease' });
  version = run.modelVersion ?? '';
}, 60_000);
afterAll(() => end());

let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  vi.restoreAllMocks();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const options = { count, format: 'csv', rerank } as const;

test('cancelled in the middle, lists for everybody fail at once, and the worker goes on with all else', async () => {
  const { recommenders } = session;
  const posted = vi.spyOn(Worker.prototype, 'postMessage');
  const known = { type: 'known', id: 'p3' } as const;
  const list = () => recommenders.listFor(version, known, { count: 5, rerank });
  const first = await list();
  const abort = new AbortController();
  const shares: number[] = [];
  let other: ReturnType<typeof list> | undefined;
  let cancelledAt = NaN;
  const making = recommenders.exportLists(version, options, {
    signal: abort.signal,
    onProgress(share) {
      shares.push(share);
      if (share === 0 || abort.signal.aborted) return;
      other = list();
      cancelledAt = performance.now();
      abort.abort();
    },
  });
  await expect(making).rejects.toMatchObject({ code: 'cancelled' });
  expect(performance.now() - cancelledAt).toBeLessThan(100); // 3 ms here
  expect(posted.mock.lastCall?.[0]).toMatchObject({ path: ['stopLists'] });
  expect(await other).toEqual(first);
  expect(performance.now() - cancelledAt).toBeLessThan(500); // 22 ms here; the lists would have taken over a second
  await wait(200);
  expect(shares.filter((share) => share > 0)).toHaveLength(1);

  const whole: number[] = [];
  const onProgress = (share: number) => whole.push(share);
  const file = await recommenders.exportLists(version, options, { onProgress });
  const lines = (await file.text()).trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + people * count);
  expect(whole.length).toBeGreaterThan(5);
  expect(whole).toEqual(whole.toSorted((a, b) => a - b));
});

test('stopped, the worker makes no list more, be its model open or still being opened', async () => {
  const client = recommendClient();
  const ref = { projectId: session.id, id: version };
  const shares: number[] = [];
  const make = () =>
    client.call((api) => {
      const tell = proxy((share: number) => void shares.push(share));
      return api.exportLists(ref, { ...options, rerank }, tell);
    });
  const stop = () => client.call((api) => api.stopLists());
  try {
    const [early] = await Promise.allSettled([make(), stop()]);
    expect(early).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    expect(shares).toEqual([]);
    const making = make();
    const failed = expect(making).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => shares.length).toBeGreaterThan(2);
    await stop();
    await failed;
    const told = shares.length;
    await wait(200);
    expect(shares).toHaveLength(told);
    expect(shares.at(-1)).toBeLessThan(0.9);
  } finally {
    client.end();
  }
});

test('Cancel on the page leaves no file, no error and no bar, and the next lists are saved', async () => {
  const downloads: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    downloads.push(this.download);
  });
  const { recommenders } = session;
  const preview = { isReranked: true, rerank, withNewItems: true };
  mounted = mount(ExportLists, {
    target: document.body,
    props: { preview, recommenders, version, items: 200 } as never, // all that it asks of a preview
  });
  const csv = page.getByRole('button', { name: 'Save as CSV' });
  const bar = page.getByRole('progressbar', { name: 'Making the lists' });
  const cancel = page.getByRole('button', { name: 'Cancel' });
  const share = () => Number(bar.element().getAttribute('value'));
  await page.getByLabelText('Items a person').fill('30');
  await csv.click();
  await expect.poll(share).toBeGreaterThan(0);
  (cancel.element() as HTMLElement).click(); // a button; at once, as the lists take a second
  await expect.element(csv).toBeVisible();
  await wait(300);
  expect(bar.elements()).toHaveLength(0);
  expect(page.getByRole('alert').elements()).toHaveLength(0);
  expect(downloads).toEqual([]);

  await csv.click();
  await expect.poll(() => downloads, { timeout: 30_000 }).toEqual(['recommendations.csv']);
  await expect.element(csv).toBeVisible();

  const posted = vi.spyOn(Worker.prototype, 'postMessage');
  await csv.click();
  await expect.poll(share).toBeGreaterThan(0);
  await unmount(mounted); // somebody goes elsewhere
  mounted = undefined;
  await expect
    .poll(() => posted.mock.lastCall?.[0] as unknown)
    .toMatchObject({ path: ['stopLists'] });
  await wait(300);
  expect(downloads).toHaveLength(1);
});
