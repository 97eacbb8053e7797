/**
 * A new person rates twenty items, one after the other: what the recommend worker does for the list after each, at the
 * size of the sample (671 people, 1,500 items) and at 6,000 × 4,000. Fails where the aim of the issue is missed: 100 ms.
 * Processor time, since the machine may be busy; the page's own part and the messages come on top.
 *
 *   npm run bench -- fold-in [--only=ials,bpr]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, measure } from './program.mjs';

const methods = [
  ...['ease', 'item-knn', 'user-knn', 'pure-svd', 'ials', 'bpr', 'biased-mf', 'content-based'],
  ...['hybrid', 'two-tower', 'sasrec', 'gru4rec'],
];
const sizes = [
  { name: 'sample', users: 671, items: 1500, count: 72_641 },
  { name: '6,000 × 4,000', users: 6000, items: 4000, count: 1_000_000 },
];
const aimMs = 100;

export async function bench(args) {
  const only = args
    .find((arg) => arg.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const failures = [];
  try {
    const program = await bundle('tests/bench/recommend/new-person.ts', folder);
    console.log(`${cpus()[0]?.model ?? 'a processor'}, load ${loadavg()[0]?.toFixed(1)}`);
    for (const { name, users, items, count } of sizes) {
      console.log(
        `\n${name}: ms of the processor for the list after the first rating, of the others`,
      );
      for (const method of methods) {
        if (only && !only.includes(method)) continue;
        const { first, median, most } = measure('node', [program, method, users, items, count]);
        console.log(
          `${method.padEnd(14)} first ${first.toFixed(1)}   median ${median.toFixed(1)}   most ${most.toFixed(1)}`,
        );
        const worst = Math.max(first, most);
        if (worst > aimMs)
          failures.push(`${method}, ${name}: ${worst.toFixed(0)} ms, aim ${aimMs}`);
      }
    }
    for (const failure of failures) console.error(`FAILED: ${failure}`);
    return failures.length === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
