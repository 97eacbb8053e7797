import { mount, unmount } from 'svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { i18n } from '../../src/app/i18n.svelte.ts';
import { StudioError } from '../../src/lib/errors.ts';
import ExportLists from '../../src/tasks/recommendation/preview/ExportLists.svelte';
import '../../src/ui/tokens.css';
import '../../src/ui/base.css';
import '../../src/ui/controls.css';

beforeAll(() => i18n.loadScreens());
let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  vi.restoreAllMocks();
});

interface Call {
  signal: AbortSignal;
  onProgress: (share: number) => void;
}

/** As a session: an aborted call fails with `cancelled`. */
function open() {
  const calls: (Call & { resolve: (file: Blob) => void; fail: (error: unknown) => void })[] = [];
  const recommenders = {
    exportLists: (_version: string, _options: object, call: Call) =>
      new Promise<Blob>((resolve, fail) => {
        calls.push({ ...call, resolve, fail });
        call.signal.addEventListener('abort', () => fail(new StudioError('cancelled', 'Stopped')));
      }),
  };
  const preview = { isReranked: false, rerank: { diversity: 0, popularity: 0, freshness: 0 } };
  const downloads: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    downloads.push(this.download);
  });
  mounted = mount(ExportLists, {
    target: document.body,
    props: { preview, recommenders, version: 'v', items: 100 } as never, // all that it asks of them
  });
  return { calls, downloads };
}

const csv = () => page.getByRole('button', { name: 'Save as CSV' });
const cancel = () => page.getByRole('button', { name: 'Cancel' });

test('making lists shows how far it is, and Cancel ends it without a file or an error', async () => {
  const { calls, downloads } = open();
  await csv().click();
  const progress = page.getByRole('progressbar', { name: 'Making the lists' });
  calls[0]?.onProgress(0.25);
  await expect.element(progress).toHaveAttribute('value', '0.25');
  expect(csv().elements()).toHaveLength(0); // one at a time
  await cancel().click();
  expect(calls[0]?.signal.aborted).toBe(true);
  await expect.element(csv()).toBeVisible();
  expect(progress.elements()).toHaveLength(0);
  expect(page.getByRole('alert').elements()).toHaveLength(0);
  expect(downloads).toEqual([]);

  // What was cancelled can be asked for again.
  await page.getByRole('button', { name: 'Save as JSON lines' }).click();
  expect(calls[1]?.signal.aborted).toBe(false);
  calls[1]?.resolve(new Blob(['{}\n']));
  await expect.poll(() => downloads).toEqual(['recommendations.jsonl']);
  await expect.element(csv()).toBeVisible();
});

test('lists that can’t be made say why', async () => {
  const { calls, downloads } = open();
  await csv().click();
  calls[0]?.fail(new StudioError('corrupt', '"weights" are damaged'));
  await expect.element(page.getByRole('alert')).toHaveTextContent('"weights" are damaged');
  await expect.element(csv()).toBeVisible();
  expect(downloads).toEqual([]);
});
