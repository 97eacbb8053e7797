/** What the training benchmark says of its rounds. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { cpuSeconds } from '../bench/training/cpu-time.ts';
import { plot } from '../bench/training/plot.ts';
import { terminalReport, writeInto } from '../bench/training/report.ts';
import { bestStock, median, ratioOf, type Results, type Run } from '../bench/training/results.ts';

const run: Run = {
  net: 'mlp',
  batch: 32,
  // The second round ran beside something else.
  rates: {
    'ours-wasm': [900, 300, 1000],
    torch: [300, 100, 500],
    'tfjs-wasm': [300, 90, 310],
    'tfjs-webgl': [400, 140, 410],
  },
  notes: { 'jax-wasm': 'no such operation' },
};

const results: Results = {
  date: '2026-01-02T03:04:05.000Z',
  hardware: { processor: 'P', cores: 4, memoryGb: 8, system: 'S 1', load: 0, vectorBits: 512 },
  versions: { tfjs: '4', torch: '2' },
  graphics: { webgpu: null, webgl: null },
  options: { rounds: 3, ms: 700 },
  runs: [run],
  checks: [{ net: 'mlp', contestant: 'torch', steps: 20, farthest: 1e-6, isSame: true }],
};

test('a ratio is the median of the ratios of the rounds, not the ratio of medians', () => {
  expect(ratioOf(run, 'ours-wasm', 'torch')).toBe(3);
  expect(ratioOf(run, 'ours-wasm', 'jax-wasm')).toBeNull();
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNull();
});

test('stock tfjs is judged on its fastest backend, which is named', () => {
  expect(bestStock(run)).toBe('tfjs-webgl');
  expect(terminalReport(results)).toContain('400 (webgl) · 2.3× ✗ (≥ 5)');
});

test('the report says what was missed, what was compared and what could not run', () => {
  const report = terminalReport(results);
  expect(report).toContain('900         300 · 3.0× ✓');
  expect(report).toContain("✓ mlp: torch's first 20 losses are ours to 1e-6");
  expect(report).toContain('mlp, batch 32: jax-wasm: no such operation');
  expect(report).toContain('WebGPU: the adapter is software, or there is none; not timed');
  expect(report).not.toContain('busy');
});

test('a busy machine is owned up to, and processor time reported beside the clock', () => {
  const hardware = { ...results.hardware, load: 9 };
  const cpuRates = { 'ours-wasm': [1000, 1100], torch: [800, 1000] };
  const report = terminalReport({ ...results, hardware, runs: [{ ...run, cpuRates }] });
  expect(report).toContain('the machine was busy (load 9)');
  expect(report).toContain('Beside PyTorch by processor time: mlp 32: 1.2×');
});

test.skipIf(process.platform !== 'linux')(
  'processor time counts a process and its children, without one that is left out',
  async () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);']);
    const { pid = NaN } = child;
    const of = (id: number, except?: number) => cpuSeconds(id, except) ?? NaN;
    try {
      await expect.poll(() => of(pid), { timeout: 20_000 }).toBeGreaterThan(0.2);
      expect(of(process.pid) - of(process.pid, pid)).toBeGreaterThan(0.1);
      expect(of(process.pid, pid)).toBeGreaterThan(0);
    } finally {
      child.kill();
    }
  },
);

test('what ran on a real graphics processor is reported under its name', () => {
  const onGpu = {
    ...results,
    graphics: { webgpu: 'a processor', webgl: null },
    runs: [{ ...run, rates: { ...run.rates, 'ours-webgpu': [80, 90], 'tfjs-webgpu': [40, 30] } }],
  };
  expect(terminalReport(onGpu)).toContain('WebGPU: a processor; examples/s: Glasshouse, tfjs');
  expect(terminalReport(onGpu)).toContain('MLP 784-128-10, noise  32  85  35 · 2.5×');
});

test('several workers are reported beside one, by the ratios of the rounds', () => {
  const of = (several: number[]): Results => ({
    ...results,
    workers: [{ net: 'cnn', batch: 32, workers: 2, rates: { one: [100, 10, 100], several } }],
  });
  expect(terminalReport(of([180, 17.5, 190]))).toContain(
    'cnn 32: 2 workers 180, one 100 · 1.80× ✓',
  );
  expect(terminalReport(of([150, 16, 190]))).toContain('1.60× ✗ (≥ 1.7)');
  expect(terminalReport(results)).not.toContain('orkers that share');
});

test('the README is renewed between its marks alone, however often', () => {
  const readme =
    '# A\n\n<!-- training benchmark -->\nold\n<!-- end of the training benchmark -->\n\nB\n';
  const once = writeInto(readme, results);
  expect(once).toMatch(/^# A\n\n<!-- training benchmark -->\n\nExamples/);
  expect(once).toMatch(/<!-- end of the training benchmark -->\n\nB\n$/);
  expect(once).toContain('| MLP 784-128-10, noise | 32 | 900 | 300 · 3.0× ✓ |');
  expect(once).not.toContain('old');
  expect(writeInto(once, results)).toBe(once);
  expect(() => writeInto('# A', results)).toThrow('README.md has no <!-- training benchmark -->');
});

test('the plot has a bar for each contestant that was measured, as long as its logarithm', () => {
  const svg = plot(results);
  const bars = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)" height="9"/g)];
  const [ours = NaN, torch = NaN, tfjs = NaN] = bars.map(([, width]) => Number(width));
  expect(bars.length).toBe(3);
  expect((ours - torch) / (tfjs - torch)).toBeCloseTo(Math.log(3) / Math.log(400 / 300), 1);
  expect(svg).toContain('aria-label="Glasshouse&apos;s training speed');
  expect(() => plot({ ...results, runs: [] })).toThrow('which was not measured');
});
