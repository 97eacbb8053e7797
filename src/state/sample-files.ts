/** The bundled samples' files: fetched when first used, and kept so that they are there offline. */
import type { Sample } from '../data/samples.ts';
import { StudioError } from '../lib/errors.ts';

const cacheName = 'samples';

/** @throws StudioError `not-found` where it was never used and there is no network or no such file */
export async function sampleFile({ name }: Sample, file: string): Promise<File> {
  const url = `samples/${file}`;
  // Absent outside secure contexts, whatever the types say; private windows may refuse.
  const cache = await (globalThis as Partial<typeof globalThis>).caches
    ?.open(cacheName)
    .catch(() => undefined);
  const kept = await cache?.match(url);
  if (kept) return new File([await kept.blob()], file);
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) {
    const why = response
      ? `${url} is answered with ${response.status}. The studio's server lacks a file: tell who runs it`
      : 'it was not used here before, and there is no network. Connect and try again';
    throw new StudioError('not-found', `The sample "${name}" can't be loaded: ${why}`);
  }
  await cache?.put(url, response.clone()).catch(() => undefined); // a full disk: it is read all the same
  return new File([await response.blob()], file);
}
