/**
 * Gives `virtual:training-kernels`: the AssemblyScript of training/engine/kernels as two WebAssembly
 * modules in base64, with and without relaxed SIMD. Nothing binary is kept in the repository.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';

const id = 'virtual:training-kernels';
const entry = 'src/training/engine/kernels/assembly.ts';
const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'],
  ...['--disableWarning', '112'], // vectors are passed between our own functions alone
];
const root = new URL('../..', import.meta.url).pathname;

export function kernels(): Plugin {
  let built: Promise<string> | undefined;
  return {
    name: 'training-kernels',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    async load(module) {
      if (module !== `\0${id}`) return null;
      built ??= Promise.all([compile([]), compile(['--enable', 'relaxed-simd'])]).then(
        ([simd, relaxed]) =>
          `export const simd = '${simd}';\nexport const relaxed = '${relaxed}';\n`,
      );
      return built;
    },
  };
}

/** By the compiler's command: its types, imported, would change the global ones everywhere. */
async function compile(extra: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glasshouse-kernels-'));
  const output = join(folder, 'kernels.wasm');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  try {
    const command = [compiler, entry, '--baseDir', root, '--outFile', output];
    await promisify(execFile)(process.execPath, [...command, ...options, ...extra]);
    return (await readFile(output)).toString('base64');
  } finally {
    await rm(folder, { recursive: true });
  }
}
