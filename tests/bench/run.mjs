/** `npm run bench -- <name> …`: measures what a test can't judge. Each benchmark is a file beside this one. */
import { readdirSync } from 'node:fs';
import { ensureChromium, ensureDependencies, ensureNode } from '../support/setup.mjs';

const suffix = '.bench.mjs';
const known = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length));
const [name, ...options] = process.argv.slice(2);

if (!name || !known.includes(name)) {
  console.error(
    `${name ? `No benchmark "${name}"` : 'Which benchmark?'} There are: ${known.join(', ')}`,
  );
  process.exit(2);
}

ensureNode();
ensureDependencies();
ensureChromium();
const { bench } = await import(`./${name}${suffix}`);
process.exit((await bench(options)) ? 0 : 1);
