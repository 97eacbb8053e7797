/** Programs that are measured in a process of their own, so that nothing is warm. */
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { build } from 'vite';
import { load } from './site.mjs';

/**
 * In one module, as a worker gets it: a module runner's wrappers would be measured too.
 * @param entry from the repository's root
 * @returns the path of the module
 */
export async function bundle(entry, folder) {
  const { kernels } = await load('../support/vite-kernels.ts');
  const file = basename(entry).replace(/\.ts$/, '.mjs');
  await build({
    configFile: false,
    root: new URL('../..', import.meta.url).pathname,
    logLevel: 'error',
    plugins: [kernels()],
    ssr: { noExternal: true }, // there are no packages beside it
    build: {
      ...{ ssr: entry, outDir: folder, emptyOutDir: false, target: 'es2022' },
      rollupOptions: { output: { entryFileNames: file } },
    },
  });
  return join(folder, file);
}

/** On one thread. @returns the last line that it prints, as JSON */
export function measure(command, args) {
  const { stdout, stderr, status } = spawnSync(command, args.map(String), {
    env: environment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

function environment() {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  delete env.OPENBLAS_CORETYPE; // it would choose kernels of another processor
  return env;
}
