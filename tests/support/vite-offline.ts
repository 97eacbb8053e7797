/** Builds workers/service.worker.ts into dist/sw.js with the list of everything that was built. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';

export function offline(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'glasshouse-offline',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const dist = join(config.root, config.build.outDir);
        await build({
          configFile: false,
          root: config.root,
          publicDir: false,
          logLevel: 'warn',
          define: { __PRECACHE__: JSON.stringify(precacheEntries(dist)) },
          build: {
            outDir: dist,
            emptyOutDir: false,
            target: 'es2022',
            rolldownOptions: {
              input: join(config.root, 'workers/service.worker.ts'),
              output: { format: 'iife', entryFileNames: 'sw.js' },
            },
          },
        });
      },
    },
  };
}

/** Samples and pretrained models are left out: they are kept when they are used. */
function precacheEntries(dist: string) {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'sw.js')
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/^(samples|models)\b/.test(relative(dist, path)))
    .sort()
    .map((path) => ({
      url: relative(dist, path).replaceAll('\\', '/'),
      // A hashed name says its content; any other file needs a revision.
      revision: path.includes(join(dist, 'assets'))
        ? null
        : createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16),
    }));
}
