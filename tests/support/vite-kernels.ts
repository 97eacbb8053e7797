/**
 * Gives `virtual:training-kernels`, the AssemblyScript of training/engine/kernels, and `virtual:linear-algebra`, that
 * of recommend/linear-algebra: as two WebAssembly modules each, with and without relaxed SIMD. Each is a string of as
 * many characters as it has bytes: compressed, the two take half of what they would in base64, as what they have in
 * common is found. Nothing binary is kept in the repository.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';

const entries: Readonly<Record<string, string>> = {
  'virtual:training-kernels': 'src/training/engine/kernels/assembly.ts',
  'virtual:linear-algebra': 'src/recommend/linear-algebra/assembly.ts',
};
const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'],
  ...['--disableWarning', '112'], // vectors are passed between our own functions alone
];
const root = new URL('../..', import.meta.url).pathname;

export function kernels(): Plugin {
  const built = new Map<string, Promise<string>>();
  return {
    name: 'training-kernels',
    resolveId: (source) => (source in entries ? `\0${source}` : null),
    async load(module) {
      const entry = module.startsWith('\0') ? entries[module.slice(1)] : undefined;
      if (entry === undefined) return null;
      const code = built.get(entry) ?? compileBoth(entry);
      built.set(entry, code);
      return code;
    },
  };
}

async function compileBoth(entry: string): Promise<string> {
  const [simd, relaxed] = await Promise.all([
    compile(entry, []),
    compile(entry, ['--enable', 'relaxed-simd']),
  ]);
  return `export const simd = ${simd};\nexport const relaxed = ${relaxed};\n`;
}

/** By the compiler's command: its types, imported, would change the global ones everywhere. @returns a string literal */
async function compile(entry: string, extra: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glasshouse-kernels-'));
  const output = join(folder, 'kernels.wasm');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  try {
    const command = [compiler, entry, '--baseDir', root, '--outFile', output];
    await promisify(execFile)(process.execPath, [...command, ...options, ...extra]);
    return JSON.stringify((await readFile(output)).toString('latin1'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
