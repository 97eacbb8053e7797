/**
 * Makes the studio start and train with the network off: everything that was built is precached on the
 * first visit. Samples are kept by the page when they are used. Nothing here looks at data.
 */
import { cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build (tests/support/vite-offline.ts). */
declare const __PRECACHE__: PrecacheEntry[];

precacheAndRoute(__PRECACHE__);
cleanupOutdatedCaches();

// The page controls its first visit's worker; a later version waits until the person says so.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('message', (event) => {
  if (event.data === 'update') void self.skipWaiting();
});
