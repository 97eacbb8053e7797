import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import packageJson from '../package.json' with { type: 'json' };
import { launchOptions } from './support/chromium.ts';
import { kernels } from './support/vite-kernels.ts';

/** The tests of shaders in Node: tests/support/dawn.ts. */
const dawn: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'dawn',
    environment: 'node',
    include: ['tests/browser/webgpu-*.test.ts'],
    setupFiles: ['tests/support/dawn.ts'],
    testTimeout: 90_000,
    server: { deps: { inline: [/@tensorflow/] } },
  },
};

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [svelte(), kernels()],
  worker: { format: 'es', plugins: () => [kernels()] },
  // Isolates the page, as the studio's own servers do: workers may share memory.
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  // Found late, a dependency reloads the page in the middle of a test.
  optimizeDeps: {
    include: [
      ...Object.keys(packageJson.dependencies).filter(
        (name) => !name.startsWith('@fontsource') && !name.startsWith('@lucide'),
      ),
      '@tensorflow/tfjs-layers',
      '@tensorflow/tfjs-core/dist/register_all_gradients.js', // with the core, or there are two of it
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/unit/**/*.test.ts'],
          testTimeout: 30_000,
          // tfjs's ES modules call themselves CommonJS: Vite reads them, Node would not.
          server: { deps: { inline: [/@tensorflow/] } },
        },
      },
      ...(process.env['DAWN'] ? [dawn] : []),
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 90_000,
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
            screenshotFailures: false,
          },
        },
      },
    ],
  },
});
