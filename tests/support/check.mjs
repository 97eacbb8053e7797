/** `npm test`: everything that must hold before a change lands, cheapest first. Pass step names to run only those. */
import { ensureChromium, ensureDependencies, ensureNode, run } from './setup.mjs';

const vitest = (project) => [
  'npx',
  'vitest',
  'run',
  '-c',
  'tests/vitest.config.ts',
  '--project',
  project,
];
const cruise = (...args) => [
  'npx',
  'depcruise',
  '-c',
  'tests/support/dependency-cruiser.cjs',
  ...args,
];

const steps = {
  format: ['npx', 'prettier', '--check', '--log-level', 'warn', '.'],
  lint: ['npx', 'eslint', '-c', 'tests/support/eslint.config.js', '--max-warnings', '0', '.'],
  types: ['npx', 'svelte-check', '--fail-on-warnings', '--output', 'human'],
  'types:workers': ['npx', 'tsc', '-p', 'workers'],
  'types:tests': ['npx', 'tsc', '-p', 'tests'],
  boundaries: cruise('src', 'workers'),
  'dead-code': ['npx', 'knip'],
  build: ['npx', 'vite', 'build', '--logLevel', 'warn'],
  size: ['node', 'tests/support/size.mjs'],
  unit: vitest('unit'),
  browser: vitest('browser'),
  journeys: ['npx', 'playwright', 'test', '-c', 'tests/playwright.config.ts'],
};

ensureNode();
ensureDependencies();
ensureChromium();

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length) {
  console.error(`No such step: ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}

const timings = [];
for (const [name, [command, ...args]] of Object.entries(steps)) {
  if (wanted.length && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const started = performance.now();
  run(command, args);
  timings.push(`${name} ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
console.log(`\nAll green: ${timings.join(' · ')}`);
