/** What benchmarks in a browser share: modules of ours in Node, and a folder's page, built and served on this machine. */
import { join } from 'node:path';
import { build, preview, runnerImport } from 'vite';

/** @param path of a TypeScript module, from this folder */
export async function load(path) {
  const { module } = await runnerImport(new URL(path, import.meta.url).pathname);
  return module;
}

/** Builds the page of the folder `name` here into `folder`. @returns how to serve it, with headers of its own */
export async function buildSite(name, folder) {
  const { kernels } = await load('../support/vite-kernels.ts');
  const config = {
    configFile: false,
    root: new URL(name, import.meta.url).pathname,
    logLevel: 'error',
    plugins: [kernels()],
    worker: { format: 'es', plugins: () => [kernels()] },
    build: { outDir: join(folder, 'site'), target: 'es2022' },
  };
  await build(config);
  return async (headers = {}) => {
    const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0, headers } });
    const { port } = server.httpServer.address();
    return {
      url: `http://127.0.0.1:${port}/`,
      close: () => new Promise((resolve) => server.httpServer.close(resolve)),
    };
  };
}
