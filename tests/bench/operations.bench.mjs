/**
 * Operations that tfjs has a name for, by its own kernel and by ours on the same tensors, in turn, in real Chromium.
 * Fails where their outputs differ.
 *
 *   npm run bench -- operations [--backends=wasm,webgpu] [--rounds=5] [--ms=300]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { buildSite, load } from './site.mjs';

const mostDifference = 1e-4;
/** Of windows without a positive number (tfjs 4.22). */
const wrongInTfjs = ['wasm MaxPoolGrad'];

export async function bench(args) {
  const options = Object.fromEntries(args.map((arg) => arg.replace(/^--/, '').split('=')));
  const { backends = 'wasm,webgpu', rounds = '5', ms = '300' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'glasshouse-bench-'));
  const site = await (await buildSite('operations', folder))();
  const { launchOptions } = await load('../support/chromium.ts');
  const browser = await chromium.launch(launchOptions);
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(site.url);
    const adapter = await page.evaluate(adapterOf);
    console.log(
      `${cpus()[0].model}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}; Chromium ${browser.version()}; WebGPU: ${adapter}; medians of ${rounds} interleaved rounds of ${ms} ms`,
    );
    let isSame = true;
    for (const backend of backends.split(',')) {
      const timed = await page.evaluate((given) => window.timeOperations(given), {
        ...{ backend, rounds: Number(rounds), ms: Number(ms) },
      });
      console.log(
        `\n${'ms a call'.padEnd(38)}${'tfjs'.padStart(9)}${'ours'.padStart(9)}  ${backend}`,
      );
      const isWrong = ({ operation }) => wrongInTfjs.includes(`${backend} ${operation}`);
      for (const one of timed) console.log(lineOf(one, isWrong(one)));
      isSame &&= timed.every(
        (one) => isWrong(one) || one.difference === null || one.difference < mostDifference,
      );
    }
    if (!isSame) console.error(`FAILED: outputs differ by more than ${mostDifference}`);
    return isSame;
  } finally {
    await browser.close();
    await site.close();
    rmSync(folder, { recursive: true });
  }
}

/** Runs in the page. */
async function adapterOf() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return 'none';
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ');
  return isFallbackAdapter ? `${name}, software` : name;
}

function lineOf({ operation, stock, own, difference }, isWrong) {
  const apart = isWrong ? "tfjs's is wrong" : `differ by ${difference?.toExponential(0)}`;
  const ms = (list) => median(list).toFixed(2).padStart(9);
  const ratio = stock && median(stock.map((one, i) => one / own[i]));
  return [
    operation.padEnd(38),
    stock ? ms(stock) : '–'.padStart(9),
    ms(own),
    stock ? `  ${ratio.toFixed(2)}×, ${apart}` : '  tfjs has none',
  ].join('');
}

const median = (numbers) =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
