/**
 * Training in a worker of real Chromium: the studio's steps beside stock tfjs, jax-js, plain loops and PyTorch on one
 * thread. One contestant at a time, interleaved round by round; the first round warms up and checks that all start
 * with the same losses.
 *
 *   npm run bench -- training [--nets=mlp,cnn] [--batches=32,128] [--contestants=ours,torch] [--rounds=5] [--ms=700]
 *                             [--gpu] [--json=FILE] [--write] [--from=FILE]
 *
 * A batch of 32 stands for one of 1,024 in matrix factorisation, whose examples are two numbers. `--write` renews
 * the README's table and plot; with `--from`, from results that are there. `--gpu` times WebGPU and WebGL even in
 * software.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { format, resolveConfig } from 'prettier';
import { measureWorkers } from './parallel/measure.mjs';
import { buildSite, load } from './site.mjs';

const root = new URL('../..', import.meta.url).pathname;
const steps = 20; // whose losses are compared
const sameLoss = 5e-3;
const limitMs = 180_000; // of a contestant's start and of each of its turns
const probeLimitMs = 15_000; // of a backend that is only tried

export async function bench(args) {
  const options = optionsOf(args);
  const { terminalReport, writeInto } = await load('./training/report.ts');
  const results = options.from
    ? JSON.parse(readFileSync(resolve(root, options.from), 'utf8'))
    : await measureAll(options);
  if (!options.from) {
    const path = resolve(root, options.json);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
  }
  console.log(`\n${terminalReport(results)}`);
  if (options.write) {
    const { plot } = await load('./training/plot.ts');
    writeFileSync(join(root, 'tests/fixtures/bench-training.svg'), plot(results));
    const path = join(root, 'README.md');
    const readme = writeInto(readFileSync(path, 'utf8'), results);
    const style = await resolveConfig(path);
    writeFileSync(path, await format(readme, { ...style, filepath: path }));
  }
  return (
    results.checks.every(({ isSame }) => isSame) &&
    results.runs.every(({ rates }) => rates['ours-wasm']?.length)
  );
}

function optionsOf(args) {
  const given = new Map(args.map((arg) => arg.replace(/^--/, '').split('=')));
  const known = 'nets batches contestants rounds ms gpu json write from'.split(' ');
  for (const name of given.keys())
    if (!known.includes(name))
      throw new Error(`No option --${name}; there are: --${known.join(' --')}`);
  const list = (name) => given.get(name)?.split(',') ?? null;
  return {
    nets: list('nets'),
    batches: list('batches')?.map(Number) ?? null,
    contestants: list('contestants') ?? ['ours', 'torch', 'tfjs', 'jax', 'plain'],
    rounds: Number(given.get('rounds') ?? 5),
    ms: Number(given.get('ms') ?? 700),
    gpu: given.has('gpu'),
    json: given.get('json') ?? 'test-results/bench-training.json',
    write: given.has('write'),
    from: given.get('from'),
  };
}

async function measureAll(options) {
  const { netNames } = await load('./training/networks.ts');
  const nets = options.nets ?? netNames;
  for (const net of nets)
    if (!netNames.includes(net))
      throw new Error(`No network "${net}"; there are: ${netNames.join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const site = await (await buildSite('training', folder))();
  const { launchOptions } = await load('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  let torch = null;
  try {
    if (options.contestants.includes('torch')) torch = await startTorch();
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(site.url);
    const graphics = await page.evaluate(() => window.training.graphics());
    const results = {
      date: new Date().toISOString(),
      hardware: hardware(),
      versions: { ...versions(), browser: `Chromium ${browser.version()}`, ...torch?.versions },
      graphics,
      options: { rounds: options.rounds, ms: options.ms },
      runs: [],
      checks: [],
    };
    const all = await contestantsOf(options, graphics, { page, torch });
    for (const net of nets)
      for (const wanted of options.batches ?? [32, 128]) {
        const batch = net === 'mf' && wanted === 32 ? 1024 : wanted;
        const isFirst = !results.runs.some((run) => run.net === net);
        const { checks, ...run } = await measure(all, { net, batch, isFirst, ...options });
        results.runs.push(run);
        results.checks.push(...checks);
      }
    if (nets.includes('cnn') && options.contestants.includes('ours') && cpus().length > 1)
      results.workers = await measureTwoWorkers(options);
    return results;
  } finally {
    torch?.end();
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true });
  }
}

/** In a browser of their own, which other contestants don't share. */
async function measureTwoWorkers({ batches, rounds, ms }) {
  process.stdout.write('two workers …\n');
  const measured = await measureWorkers({
    ...{ rounds, ms, workers: 2, networks: ['cnn'], batches: batches ?? [32, 128] },
    ...{ pages: ['shared'], intervals: [1] },
  });
  return measured.map(({ network, batch, rates }) => ({
    ...{ net: network, batch, workers: 2 },
    rates: { one: rates.one, several: rates['shared k=1'] },
  }));
}

/** `isTried`: measured for a moment only, and further if it beats the others of its kind. */
async function contestantsOf({ contestants, gpu }, { webgpu, webgl }, { page, torch }) {
  const { cpuSeconds } = await load('./training/cpu-time.ts');
  const cpuOfBrowser = () => cpuSeconds(process.pid, torch?.pid); // and of this process, which waits
  const all = [
    { id: 'ours-wasm' },
    ...(torch ? [torchContestant(torch, () => cpuSeconds(torch.pid))] : []),
    { id: 'tfjs-wasm' },
    { id: 'tfjs-cpu', isTried: true },
    ...(webgl || gpu ? [{ id: 'tfjs-webgl', isTried: true }] : []),
    { id: 'jax-wasm' },
    { id: 'plain-cpu' },
    ...(webgpu || gpu ? [{ id: 'ours-webgpu' }, { id: 'tfjs-webgpu' }] : []),
  ];
  return all
    .filter(({ id }) => contestants.includes(id.split('-')[0]))
    .map((one) => ({
      start: (net, batch, count) =>
        page.evaluate((given) => window.training.start(...given), [one.id, net, batch, count]),
      measure: (ms) => page.evaluate((given) => window.training.measure(...given), [one.id, ms]),
      end: () => page.evaluate((id) => window.training.end(id), one.id),
      cpu: cpuOfBrowser,
      ...one,
    }));
}

const torchContestant = (torch, cpu) => ({
  ...{ id: 'torch', start: torch.start, measure: torch.measure, cpu },
  end: () => undefined,
});

async function measure(contestants, { net, batch, isFirst, rounds, ms }) {
  process.stdout.write(`${net}, batch ${batch} `);
  const rates = {};
  const cpuRates = {};
  const notes = {};
  const losses = {};
  const running = [];
  let stockRate = 0;
  for (const one of contestants) {
    const limit = one.isTried ? probeLimitMs : limitMs;
    try {
      const given = await within(limit, one.start(net, batch, isFirst && !one.isTried ? steps : 0));
      const rate = await within(limit, one.measure(one.isTried ? 1 : ms));
      if (given?.length) losses[one.id] = given;
      if (one.id === 'tfjs-wasm') stockRate = rate;
      if (one.isTried && rate < stockRate)
        throw new Error(`slower: ${Math.round(rate)} examples/s`);
      running.push(one);
      rates[one.id] = [];
    } catch (error) {
      notes[one.id] = messageOf(error);
      await one.end();
    }
    process.stdout.write('.');
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < running.length; i++) {
      const one = running[(i + round) % running.length];
      const { rate, cpuRate } = await turn(one, ms);
      rates[one.id].push(rate);
      if (cpuRate !== null) (cpuRates[one.id] ??= []).push(cpuRate);
    }
    process.stdout.write('.');
  }
  for (const one of running) await one.end();
  process.stdout.write('\n');
  return { net, batch, rates, cpuRates, notes, checks: checksOf(net, losses) };
}

/** Examples a second, and a second of processor time. */
async function turn(one, ms) {
  const [cpu, started] = [one.cpu(), performance.now()];
  const rate = await one.measure(ms);
  const seconds = (performance.now() - started) / 1000;
  return { rate, cpuRate: cpu === null ? null : (rate * seconds) / (one.cpu() - cpu) };
}

function checksOf(net, { 'ours-wasm': expected, ...others }) {
  return Object.entries(expected ? others : {}).map(([contestant, losses]) => {
    const apart = losses.map((loss, i) => Math.abs(loss - expected[i]) / Math.max(1, expected[i]));
    const farthest = Math.max(...apart);
    return { net, contestant, steps: losses.length, farthest, isSame: farthest < sameLoss };
  });
}

function within(limit, promise) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${limit / 1000} s`)), limit);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

/** What was thrown, without where. */
const messageOf = (error) =>
  String(error?.message ?? error)
    .replace(/^page\.evaluate: (Error: )?/, '')
    .split('\n')[0];

async function startTorch() {
  const { startTorch: start } = await load('./training/torch.ts');
  const torch = await start();
  if (!torch) console.log('No Python with torch here: PyTorch is left out');
  return torch;
}

function hardware() {
  const [processor] = cpus();
  return {
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*/, '')}`,
    load: Number(loadavg()[0]?.toFixed(1)),
    vectorBits: vectorBits(),
  };
}

/** Of the processor's widest vectors of float32; null where that isn't known. WebAssembly's have 128. */
function vectorBits() {
  const path = '/proc/cpuinfo';
  const flags = existsSync(path) ? /^flags.*$/m.exec(readFileSync(path, 'utf8'))?.[0] : undefined;
  if (flags === undefined) return null;
  if (/\bavx512f\b/.test(flags)) return 512;
  return /\bavx2\b/.test(flags) ? 256 : 128;
}

function versions() {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return {
    tfjs: dependencies['@tensorflow/tfjs-core'],
    jax: devDependencies['@jax-js/jax'],
    node: process.versions.node,
  };
}
