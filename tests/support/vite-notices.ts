/** Writes dist/notices.json: every package that the studio is made of, workers included, with its licence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

export function notices(): Plugin {
  let root = '';
  return {
    name: 'glasshouse-notices',
    apply: 'build',
    configResolved(config) {
      ({ root } = config);
    },
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'notices.json',
        source: JSON.stringify(noticesOf(root), null, 1),
      });
    },
  };
}

/** Dependencies of the root package and theirs in turn, each once, by name. */
function noticesOf(root: string) {
  const found = new Map<
    string,
    { name: string; version: string; identifier: string | null; text: string | null }
  >();
  const visit = (name: string, from: string, isWithOwn = true) => {
    const folder = folderOf(name, from, root);
    if (!folder || found.has(name)) return;
    const { version, license, dependencies = {} } = manifestOf(folder);
    found.set(name, { name, version, identifier: license ?? null, text: licenceText(folder) });
    if (isWithOwn) for (const dependency of Object.keys(dependencies)) visit(dependency, folder);
  };
  // The compiler's run time is part of every screen.
  for (const name of [...Object.keys(manifestOf(root).dependencies ?? {}), 'svelte'])
    visit(name, root);
  visit('assemblyscript', root, false); // its library's functions are compiled into the kernels
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where Node would find it: beside the one that asks, else further up. */
function folderOf(name: string, from: string, root: string): string | null {
  const nested = join(from, 'node_modules', name);
  if (existsSync(join(nested, 'package.json'))) return nested;
  const hoisted = join(root, 'node_modules', name);
  return existsSync(join(hoisted, 'package.json')) ? hoisted : null;
}

function manifestOf(folder: string): Manifest {
  // npm has read it before us: it is a manifest.
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function licenceText(folder: string): string | null {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file ? readFileSync(join(folder, file), 'utf8') : null;
}
