/**
 * WebGPU in Node, for the tests of shaders on an adapter that Chromium doesn't take, such as Mesa's llvmpipe, which has
 * half precision: `DAWN=<path of npm's webgpu package>/index.js npx vitest run -c tests/vitest.config.ts --project dawn`,
 * with `VK_ICD_FILENAMES` naming the driver. The package is no dependency: it brings 100 MB of machine code.
 */
import { afterAll } from 'vitest';

interface Dawn {
  create: (options: string[]) => GPU;
  globals: Record<string, unknown>;
}

const { create, globals } = (await import(
  /* @vite-ignore */ process.env['DAWN'] ?? 'webgpu'
)) as Dawn; // its index.d.ts says so
Object.assign(globalThis, globals);
const gpu = create(['enable-dawn-features=allow_unsafe_apis']);
Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });

// Node ends once nothing holds the entry any more.
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'navigator');
});
