/**
 * Import of a generated CSV of 1,000,000 rows × 20 columns in real Chromium, beside PapaParse alone on the same
 * file in the same run. Fails where the page is blocked for 50 ms or where its memory grows with the rows.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build, preview, runnerImport } from 'vite';

const rounds = 3;

/** @param options [rows] */
export async function bench([rowsWanted = '1000000']) {
  const rows = Number(rowsWanted);
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const large = join(folder, 'large.csv');
  const small = join(folder, 'small.csv');
  writeCsv(large, rows);
  writeCsv(small, Math.round(rows / 10));
  const site = await serve(folder);
  const { launchOptions } = await importTypeScript('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(site.url);
    const measure = async (file, what) => {
      await page.locator('input').setInputFiles(file);
      await page.evaluate(() => window.bench.clear());
      await page.requestGC();
      return page.evaluate((run) => window.bench[run](), what);
    };
    const before = await measure(small, 'runStudio'); // warms up, too
    const studio = [];
    const papa = [];
    for (let round = 0; round < rounds; round++) {
      papa.push(await measure(large, 'runPapaParse'));
      studio.push(await measure(large, 'runStudio'));
      console.log(
        `round ${round + 1}: PapaParse ${papa[round].seconds.toFixed(2)} s, studio ${studio[round].seconds.toFixed(2)} s`,
      );
    }
    return report({ rows, size: statSync(large).size, before, studio, papa });
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true });
  }
}

function report({ rows, size, before, studio, papa }) {
  const studioSeconds = median(studio.map(({ seconds }) => seconds));
  const profileSeconds = median(studio.map((measure) => measure.profileSeconds));
  const papaSeconds = median(papa.map(({ seconds }) => seconds));
  const longTasks = studio.flatMap((measure) => measure.longTasks);
  const heap = Math.max(...studio.map(({ pageHeap }) => pageHeap));
  const growth = heap - before.pageHeap;
  const perSecond = (seconds) => `${Math.round(rows / seconds).toLocaleString('en')} rows/s`;
  console.log(`
${rows.toLocaleString('en')} rows × 20 columns, ${(size / 1e6).toFixed(0)} MB, medians of ${rounds} rounds
PapaParse alone in a worker   ${papaSeconds.toFixed(2)} s  ${perSecond(papaSeconds)}
studio: typed and stored      ${studioSeconds.toFixed(2)} s  ${perSecond(studioSeconds)}  (${(studioSeconds / papaSeconds).toFixed(2)}× the time)
its profile after that        ${profileSeconds.toFixed(2)} s  (in all ${((studioSeconds + profileSeconds) / papaSeconds).toFixed(2)}×)
page tasks of 50 ms or more   ${longTasks.length}${longTasks.length ? `, longest ${Math.max(...longTasks).toFixed(0)} ms` : ''}
page heap                     ${megabytes(heap)}, with a tenth of the rows ${megabytes(before.pageHeap)}
progress                      ${Math.min(...studio.map((m) => m.progressPerSecond)).toFixed(1)} a second
types                         ${studio[0].types.join(', ')}`);
  const isRead = [...studio, ...papa].every((measure) => measure.rows === rows);
  const failures = [
    !isRead && 'rows were lost',
    longTasks.length > 0 && 'the page was blocked for 50 ms or more',
    growth > 2e6 && `the page's heap grew by ${megabytes(growth)} with the rows`,
  ].filter(Boolean);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length === 0;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Node 20 reads no TypeScript. */
async function importTypeScript(path) {
  const { module } = await runnerImport(new URL(path, import.meta.url).pathname);
  return module;
}

async function serve(folder) {
  const root = new URL('import', import.meta.url).pathname;
  const config = {
    configFile: false,
    root,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: join(folder, 'site'), target: 'es2022' },
    preview: { host: '127.0.0.1', port: 0 },
  };
  await build(config);
  const server = await preview(config);
  const { port } = server.httpServer.address();
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.httpServer.close(resolve)),
  };
}

/** Twenty columns as tables have them: measures, counts, categories, a flag, dates, free text, an id; 2 % missing. */
function writeCsv(path, rows) {
  const random = mulberry32(42);
  const file = openSync(path, 'w');
  const cities = Array.from({ length: 200 }, (_, i) => `city ${i}`);
  const words = ['red', 'quick', 'large', 'old', 'quiet', 'warm', 'thin', 'deep'];
  const some = (make) => (random() < 0.02 ? '' : make());
  const pick = (list) => list[Math.floor(random() * list.length)];
  const measure = (digits, scale) => () => some(() => (random() * scale).toFixed(digits));
  const count = (most) => () => some(() => Math.floor(random() * most));
  const category = (list) => () => some(() => pick(list));
  const columns = {
    id: (row) => row + 1,
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`measure_${i}`, measure(i, 10 ** i)])),
    ...Object.fromEntries([1, 2, 3, 4].map((i) => [`count_${i}`, count(10 ** i)])),
    colour: category(['red', 'green', 'blue']),
    size: category(['S', 'M', 'L', 'XL']),
    city: category(cities),
    grade: category(['A', 'B', 'C', 'D', 'E', 'F']),
    quoted: category(['"one, two"', '"say ""hi"""', 'plain']),
    active: category(['true', 'false']),
    day: () => new Date(1.6e12 + Math.floor(random() * 1000) * 864e5).toISOString().slice(0, 10),
    comment: () => `${pick(words)} ${pick(words)} ${pick(words)} ${Math.floor(random() * 1e6)}`,
    target: category(['yes', 'no']),
  };
  const makers = Object.values(columns);
  let lines = [Object.keys(columns).join(',')];
  for (let row = 0; row < rows; row++) {
    lines.push(makers.map((make) => make(row)).join(','));
    if (lines.length < 10_000) continue;
    writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  }
  if (lines.length) writeSync(file, `${lines.join('\n')}\n`);
  closeSync(file);
}

/** Tommy Ettinger's mulberry32: enough for a benchmark's cells. */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
