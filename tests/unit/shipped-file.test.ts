import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sha256 } from '../../src/lib/digest.ts';
import { StudioError } from '../../src/lib/errors.ts';
import { shippedFile, type ShippedFile } from '../../src/lib/shipped-file.ts';

const content = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let file: ShippedFile;
let kept: Map<string, Uint8Array<ArrayBuffer>>;
let served: Uint8Array<ArrayBuffer> | null;
let requests: number;

beforeEach(async () => {
  file = { name: 'A model', url: '/models/a.bin', bytes: 1000, sha256: await sha256(content) };
  kept = new Map();
  served = content;
  requests = 0;
  vi.stubGlobal('caches', {
    open: () =>
      Promise.resolve({
        match: (url: string) => {
          const bytes = kept.get(url);
          return Promise.resolve(bytes && new Response(bytes));
        },
        put: async (url: string, response: Response) =>
          void kept.set(url, new Uint8Array(await response.arrayBuffer())),
        delete: (url: string) => Promise.resolve(kept.delete(url)),
      }),
  });
  vi.stubGlobal('fetch', () => {
    requests++;
    return served
      ? Promise.resolve(new Response(served))
      : Promise.reject(new TypeError('offline'));
  });
});

afterEach(() => vi.unstubAllGlobals());

test('a file is fetched once, with progress, and is there without a network afterwards', async () => {
  let told = 0;
  expect(await shippedFile(file, (count) => void (told += count))).toEqual(content);
  expect(told).toBe(1000);
  served = null;
  expect(await shippedFile(file)).toEqual(content);
  expect(requests).toBe(1);
});

test('one that was kept damaged is fetched again', async () => {
  kept.set(
    file.url,
    content.map((byte, i) => (i === 500 ? byte + 1 : byte)),
  );
  expect(await shippedFile(file)).toEqual(content);
  expect(requests).toBe(1);
  expect(kept.get(file.url)).toEqual(content);
});

test('other bytes than the studio was built with are refused and not kept', async () => {
  for (const wrong of [content.slice(1), new Uint8Array(1001), new Uint8Array(1000)]) {
    served = wrong;
    await expect(shippedFile(file)).rejects.toMatchObject({ code: 'corrupt' });
    expect(kept.size).toBe(0);
  }
});

test('what progress throws ends it', async () => {
  const stop = () => {
    throw new Error('stopped');
  };
  await expect(shippedFile(file, stop)).rejects.toThrow('stopped');
});

test('what can’t be loaded says why and what helps', async () => {
  const refused = async (signal?: AbortSignal) => {
    const error: unknown = await shippedFile(file, undefined, signal).catch((e: unknown) => e);
    return error instanceof StudioError ? [error.code, error.message] : error;
  };
  served = null;
  expect(await refused()).toEqual([
    'not-found',
    "A model can't be loaded: it was not used here before, and there is no network. Connect and try again",
  ]);
  kept.set(file.url, content.slice(1));
  expect(await refused()).toEqual([
    'not-found',
    "A model can't be loaded: what was kept of it is damaged, and there is no network. Connect and try again",
  ]);
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('none', { status: 404 })));
  expect(await refused()).toEqual([
    'not-found',
    "A model can't be loaded: /models/a.bin is answered with 404. The studio's server lacks a file: tell who runs it",
  ]);
  let abort = () => {};
  vi.stubGlobal('fetch', () => {
    const start = (stream: ReadableStreamDefaultController) => {
      stream.enqueue(content.slice(0, 400));
      abort();
    };
    const pull = (stream: ReadableStreamDefaultController) =>
      stream.error(new TypeError('network error'));
    return Promise.resolve(new Response(new ReadableStream({ start, pull })));
  });
  expect(await refused()).toEqual([
    'not-found',
    "A model can't be loaded: the network broke off. Connect and try again",
  ]);
  const controller = new AbortController();
  abort = () => controller.abort(new StudioError('cancelled', 'Stopped'));
  expect(await refused(controller.signal)).toEqual(['cancelled', 'Stopped']);
  expect(kept.size).toBe(0);
});
