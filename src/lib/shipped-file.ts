/**
 * A large file that comes with the studio: fetched when it is first used, kept by the browser so that it is there
 * offline, and held to its digest each time.
 */
import { sha256 } from './digest.ts';
import { StudioError } from './errors.ts';

export interface ShippedFile {
  /** What a person may call it. */
  name: string;
  /** Of this origin. */
  url: string;
  /** Its length. */
  bytes: number;
  sha256: string;
}

const cacheName = 'models';

/**
 * @param onBytes hears how many more bytes came; none where it was kept
 * @throws StudioError `not-found` where it was never used and there is no network or no such file, `corrupt` for other
 * bytes than the studio was built with, what `onBytes` throws, the signal's reason
 */
export async function shippedFile(
  file: ShippedFile,
  onBytes?: (count: number) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  // Absent outside secure contexts, whatever the types say; private windows may refuse.
  const cache = await (globalThis as Partial<typeof globalThis>).caches
    ?.open(cacheName)
    .catch(() => undefined);
  const kept = await cache?.match(file.url);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await isRight(file, bytes)) return bytes;
    await cache?.delete(file.url); // damaged, or an earlier studio's
  }
  const response = await fetch(file.url, signal && { signal }).catch(() => null);
  signal?.throwIfAborted();
  if (!response) {
    const why = kept ? 'what was kept of it is damaged' : 'it was not used here before';
    throw notLoaded(file, `${why}, and there is no network. Connect and try again`);
  }
  if (!response.ok || !response.body)
    throw notLoaded(
      file,
      `${file.url} is answered with ${response.status}. The studio's server lacks a file: tell who runs it`,
    );
  const bytes = await readAll(file, response.body, onBytes).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  if (!(await isRight(file, bytes)))
    throw new StudioError(
      'corrupt',
      `${file.name}: what was loaded from ${file.url} is not the file that the studio was built with. Reload the page; if it stays so, tell who runs the studio`,
    );
  // A full disk: it is used all the same.
  await cache?.put(file.url, new Response(bytes)).catch(() => undefined);
  return bytes;
}

async function readAll(
  file: ShippedFile,
  body: ReadableStream<Uint8Array>,
  onBytes?: (count: number) => Promise<void> | void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(file.bytes);
  const reader = body.getReader();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw notLoaded(file, 'the network broke off. Connect and try again');
      });
      if (done) break;
      // One that is too long is cut off, and isn't the file.
      if (length + value.length > bytes.length) return bytes.subarray(0, 0);
      bytes.set(value, length);
      length += value.length;
      await onBytes?.(value.length);
    }
  } finally {
    await reader.cancel().catch(() => undefined); // at its end already, or not wanted any more
  }
  return bytes.subarray(0, length);
}

function notLoaded({ name }: ShippedFile, why: string) {
  return new StudioError('not-found', `${name} can't be loaded: ${why}`);
}

async function isRight(file: ShippedFile, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return bytes.length === file.bytes && (await sha256(bytes)) === file.sha256;
}
