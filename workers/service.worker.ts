/**
 * Makes the studio start and train with the network off: everything that was built is precached on the
 * first visit. Samples and pretrained models are kept by those who use them, when they do. Nothing here looks at data.
 *
 * From the second visit on it also isolates the page, on hosts that can't send headers: then workers may share
 * memory, and training on several cores exchanges gradients in microseconds. The first visit works without, and
 * nothing is loaded again for it. All that the studio loads is of its own origin, which isolation allows.
 */
import {
  addPlugins,
  cleanupOutdatedCaches,
  precacheAndRoute,
  type PrecacheEntry,
} from 'workbox-precaching';

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build (tests/support/vite-offline.ts). */
declare const __PRECACHE__: PrecacheEntry[];

addPlugins([{ handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)) }]);
precacheAndRoute(__PRECACHE__);
cleanupOutdatedCaches();

// The page controls its first visit's worker; a later version waits until the person says so.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  if (event.data === 'update') void self.skipWaiting();
});

/** With the headers that a document and its workers need alike (as vite.config.ts has them for the servers). */
function isolated({ body, status, statusText, headers: before }: Response): Response {
  const headers = new Headers(before);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(body, { status, statusText, headers });
}
