import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/chromium.ts';

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../test-results',
  fullyParallel: true,
  // One at a time: a run takes both cores of a small machine now, and a screen beside it was later than 5 s once.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env['CI'],
  projects: [
    { name: 'journeys', testIgnore: 'timing.spec.ts' },
    {
      ...{ name: 'timing', testMatch: 'timing.spec.ts', dependencies: ['journeys'], workers: 1 },
      use: { trace: 'off' }, // recording what a page does takes a core's time, and the page's own
    },
  ],
  use: {
    baseURL: 'http://127.0.0.1:4173',
    trace: 'retain-on-failure',
    launchOptions,
  },
  webServer: {
    command: 'npx vite preview --host 127.0.0.1 --port 4173 --strictPort',
    cwd: new URL('..', import.meta.url).pathname,
    url: 'http://127.0.0.1:4173',
    reuseExistingServer: !process.env['CI'],
  },
});
