/** The training benchmark's results as tables, for a terminal and for the README. */
import {
  bestStock,
  formatRate,
  formatRatio,
  jax,
  median,
  onGpu,
  ours,
  plain,
  rateOf,
  ratioOf,
  stock,
  targetOf,
  titles,
  torch,
  workersTarget,
  type Results,
  type Run,
} from './results.ts';

/** Columns beside ours, with what stands above them. */
function columnsOf({ runs, versions }: Results): { title: string; idOf: (run: Run) => string }[] {
  const all = [
    { title: `PyTorch ${versions['torch'] ?? ''}, 1 thread`, idOf: () => torch },
    { title: `tfjs ${versions['tfjs'] ?? ''}\\*`, idOf: bestStock },
    { title: `jax-js ${versions['jax'] ?? ''}`, idOf: () => jax },
    { title: 'plain loops', idOf: () => plain },
  ];
  return all.filter(({ idOf }) => runs.some((run) => rateOf(run, idOf(run)) !== null));
}

/** `1,234 · 2.1× ✓`: its rate, how many times as fast ours is, whether that is what was aimed at. */
function cellOf(run: Run, contestant: string): string {
  const [rate, ratio] = [rateOf(run, contestant), ratioOf(run, ours, contestant)];
  if (rate === null) return '–';
  if (ratio === null) return formatRate(rate);
  const target = targetOf(run.net, contestant);
  const mark = target === null ? '' : ratio >= target ? ' ✓' : ` ✗ (≥ ${target})`;
  const backend = stock.some((id) => id === contestant && id !== stock[0])
    ? ` (${contestant.replace(/.*-/, '')})`
    : '';
  return `${formatRate(rate)}${backend} · ${formatRatio(ratio)}${mark}`;
}

function rowsOf(results: Results): string[][] {
  const columns = columnsOf(results);
  return [
    ['examples/s', 'batch', 'Glasshouse', ...columns.map(({ title }) => title)],
    ...results.runs.map((run) => {
      const own = rateOf(run, ours);
      return [
        titles[run.net],
        String(run.batch),
        own === null ? '–' : formatRate(own),
        ...columns.map(({ idOf }) => cellOf(run, idOf(run))),
      ];
    }),
  ];
}

export function terminalReport(results: Results): string {
  const rows = rowsOf(results).map((row) => row.map((cell) => cell.replace('\\*', '*')));
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const table = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  const notes = results.runs.flatMap(({ net, batch, notes: own }) =>
    Object.entries(own).map(([id, note]) => `${net}, batch ${batch}: ${id}: ${note}`),
  );
  const checks = results.checks.map(
    ({ net, contestant, steps, farthest, isSame }) =>
      `${isSame ? '✓' : '✗'} ${net}: ${contestant}'s first ${steps} losses are ours to ${farthest.toExponential(0)}`,
  );
  return [
    describe(results),
    ...table,
    '',
    ...cpuReport(results),
    ...workersReport(results),
    ...[legend, zerosNote, stockNote, gapNote],
    '',
    gpuReport(results),
    ...['', ...checks],
    ...(notes.length ? ['', ...notes] : []),
  ].join('\n');
}

/** The same comparison by processor time: what to go by on a busy machine. */
function cpuReport({ runs }: Results): string[] {
  const parts = runs.flatMap(({ net, batch, cpuRates: rates }) => {
    const ratio = rates ? ratioOf({ rates }, ours, torch) : null;
    return ratio === null ? [] : [`${net} ${batch}: ${formatRatio(ratio)}`];
  });
  return parts.length ? [`Beside PyTorch by processor time: ${parts.join(', ')}`, ''] : [];
}

function workersReport({ workers = [] }: Results): string[] {
  const parts = workers.map(({ net, batch, workers: several, rates }) => {
    const ratio = ratioOf({ rates }, 'several', 'one') ?? NaN;
    const [rate, alone] = [median(rates.several) ?? NaN, median(rates.one) ?? NaN];
    const mark = ratio >= workersTarget ? '✓' : `✗ (≥ ${workersTarget})`;
    return `${net} ${batch}: ${several} workers ${formatRate(rate)}, one ${formatRate(alone)} · ${ratio.toFixed(2)}× ${mark}`;
  });
  return parts.length
    ? [`Workers that share memory, gradients summed in each step: ${parts.join('; ')}`, '']
    : [];
}

/** On WebGPU: ours, and how many times as fast as tfjs that is. */
function gpuRowsOf({ runs }: Results): string[][] {
  return runs.flatMap((run) => {
    const own = rateOf(run, onGpu[0]);
    return own === null
      ? []
      : [[titles[run.net], String(run.batch), formatRate(own), gpuCellOf(run)]];
  });
}

function gpuCellOf(run: Run): string {
  const [rate, ratio] = [rateOf(run, onGpu[1]), ratioOf(run, ...onGpu)];
  return rate === null || ratio === null ? '–' : `${formatRate(rate)} · ${formatRatio(ratio)}`;
}

function gpuReport(results: Results): string {
  const rows = gpuRowsOf(results);
  const name = results.graphics.webgpu ?? 'the adapter is software, or there is none';
  const title = `WebGPU: ${name}${rows.length ? '; examples/s: Glasshouse, tfjs' : '; not timed'}`;
  return [title, ...rows.map((row) => `  ${row.join('  ')}`)].join('\n');
}

const legend =
  '×: how many times as fast Glasshouse is, the median of the ratios of each round; ✓ or ✗: whether that is the figure aimed at.';
const stockNote =
  '* On wasm, unless a faster backend is named. tfjs cannot train most of these there as it ships: the gradients that its wasm backend lacks (of filters and of embeddings) are filled in by the benchmark. By model.fit; attention and factorisation, for which it has no layers, by optimizer.minimize.';
const zerosNote =
  'Of MNIST’s pixels 81 % are 0, which Glasshouse leaves out of products; noise has no zeros.';
const gapNote =
  'jax-js has no scan: recurrent layers are 40 steps written out. Plain loops there are of the MLP and the factorisation alone.';

function describe({ hardware, versions, options, date }: Results): string {
  const { processor, cores, memoryGb, system, load, vectorBits } = hardware;
  const isBusy = load > cores / 2;
  const vectors = vectorBits ? `, vectors of ${vectorBits} bits (WebAssembly's have 128)` : '';
  return `${processor}${vectors}, ${cores} cores, ${memoryGb} GB, ${system}; ${versions['browser'] ?? 'a browser'}; medians of ${options.rounds} interleaved rounds of ${options.ms} ms; ${date.slice(0, 10)}${isBusy ? `; the machine was busy (load ${load})` : ''}`;
}

const marks = ['<!-- training benchmark -->', '<!-- end of the training benchmark -->'] as const;

/** @returns the README with its part between the marks written anew. @throws Error without the marks */
export function writeInto(readme: string, results: Results): string {
  const [start, end] = marks.map((mark) => readme.indexOf(mark)) as [number, number]; // of two marks
  if (start < 0 || end < start) throw new Error(`README.md has no ${marks.join(' … ')}`);
  const [head = [], ...rows] = rowsOf(results);
  const ofGpu = gpuRowsOf(results);
  const gpuHead = ['examples/s', 'batch', 'Glasshouse', `tfjs ${results.versions['tfjs'] ?? ''}`];
  const part = [
    marks[0],
    `Examples a second of training on one thread: ${describe(results)}. ${legend} ${zerosNote}`,
    tableOf(head, rows),
    ...[...cpuReport(results), ...workersReport(results)].filter(Boolean),
    `\\${stockNote} ${gapNote}`,
    ...(ofGpu.length && results.graphics.webgpu
      ? [`On WebGPU, ${results.graphics.webgpu}:`, tableOf(gpuHead, ofGpu)]
      : []),
  ];
  return `${readme.slice(0, start)}${part.join('\n\n')}\n\n${readme.slice(end)}`;
}

function tableOf(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i ? '--:' : '---'))), ...rows.map(line)].join('\n');
}
