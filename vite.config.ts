import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { csp } from './tests/support/vite-csp.ts';
import { kernels } from './tests/support/vite-kernels.ts';
import { notices } from './tests/support/vite-notices.ts';
import { offline } from './tests/support/vite-offline.ts';

/** Isolates the page, so that workers may share memory. Other hosts' pages get them from the service worker. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './', // the built folder works from any path of any static host
  plugins: [
    svelte({
      // Runes everywhere in our code; a library keeps whatever mode it was written in.
      dynamicCompileOptions: ({ filename }) =>
        filename.includes('node_modules') ? undefined : { runes: true },
    }),
    kernels(),
    csp(),
    notices(),
    offline(),
  ],
  worker: { format: 'es', plugins: () => [kernels()] },
  server: { headers },
  preview: { headers },
  build: { target: 'es2022', assetsInlineLimit: 0 },
});
