/** The training benchmark's results as a picture: a bar a contestant, relative to PyTorch on one thread, on a logarithmic scale. */
import {
  bestStock,
  formatRatio,
  jax,
  ours,
  plain,
  ratioOf,
  titles,
  torch,
  type Results,
  type Run,
} from './results.ts';

/** Okabe and Ito's colours; PyTorch, which is the measure, in grey. */
const series = [
  { title: 'Glasshouse', colour: '#009e73', idOf: () => ours },
  { title: 'PyTorch, 1 thread', colour: '#999999', idOf: () => torch },
  { title: 'tfjs', colour: '#e69f00', idOf: bestStock },
  { title: 'jax-js', colour: '#56b4e9', idOf: () => jax },
  { title: 'plain loops', colour: '#cc79a7', idOf: () => plain },
];

const width = 860;
const left = 245;
const right = 60;
const bar = 11;
const groupGap = 16;
const top = 52;

const style = `
  .paper { fill: #fbfaf6; }
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .value { font-size: 11px; font-variant-numeric: tabular-nums; }
  .grid { stroke: #24292f; stroke-opacity: 0.15; }
  .one { stroke: #24292f; stroke-opacity: 0.6; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #10181a; }
    text { fill: #e6edf3; }
    .grid, .one { stroke: #e6edf3; }
  }`;

interface Bar {
  contestant: string;
  colour: string;
  ratio: number;
}

/** Each network at the first batch size that was measured. @throws Error where PyTorch was not measured */
export function plot(results: Results): string {
  const firsts = results.runs.filter(
    (run, i, all) => all.findIndex(({ net }) => net === run.net) === i,
  );
  const groups = firsts.map((run) => ({ run, bars: barsOf(run) }));
  const ratios = groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio));
  if (ratios.length === 0)
    throw new Error('the plot is relative to PyTorch, which was not measured');
  const least = 10 ** Math.floor(Math.log10(Math.min(...ratios) * 0.9));
  const most = Math.max(2, Math.max(...ratios) * 1.05);
  const x = (ratio: number) =>
    left + ((width - left - right) * Math.log(ratio / least)) / Math.log(most / least);
  let y = top;
  const parts: string[] = [];
  for (const { run, bars } of groups) {
    const middle = y + (bars.length * bar) / 2;
    parts.push(
      text(left - 12, middle - 3, titles[run.net], 'title', 'end'),
      text(left - 12, middle + 12, `batch ${run.batch}`, 'value', 'end'),
      ...bars.map(({ contestant, colour, ratio }, i) => {
        const at = y + i * bar;
        const length = (x(ratio) - left).toFixed(1);
        const label =
          contestant === torch ? '' : text(x(ratio) + 5, at + 9, formatRatio(ratio), 'value');
        return `<rect x="${left}" y="${at}" width="${length}" height="${bar - 2}" rx="1.5" fill="${colour}"/>${label}`;
      }),
    );
    y += bars.length * bar + groupGap;
  }
  const ticks = [0.001, 0.01, 0.1, 1, 10, 100].filter((tick) => tick >= least && tick <= most);
  const grid = ticks.map((tick) => {
    const at = x(tick).toFixed(1);
    return `<line x1="${at}" x2="${at}" y1="${top - 8}" y2="${y}" class="${tick === 1 ? 'one' : 'grid'}"/>${text(x(tick), y + 16, `${tick}×`, 'value', 'middle')}`;
  });
  const height = y + 42;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${summaryOf(firsts)}">
<style>${style}
</style>
<rect class="paper" width="${width}" height="${height}" rx="10"/>
${legend().join('\n')}
${grid.join('\n')}
${parts.join('\n')}
${text((left + width - right) / 2, y + 34, 'training speed relative to PyTorch on one thread, logarithmic', 'value', 'middle')}
</svg>
`;
}

function barsOf(run: Run): Bar[] {
  return series.flatMap(({ colour, idOf }) => {
    const ratio = ratioOf(run, idOf(run), torch);
    return ratio === null ? [] : [{ contestant: idOf(run), colour, ratio }];
  });
}

function legend(): string[] {
  let x = left;
  return series.map(({ title, colour }) => {
    const part = `<rect x="${x}" y="14" width="11" height="11" rx="2" fill="${colour}"/>${text(x + 16, 24, title, '')}`;
    x += 40 + 7 * title.length;
    return part;
  });
}

/** The result in words, for those who don't see it. */
function summaryOf(runs: readonly Run[]): string {
  const parts = runs.flatMap((run) => {
    const ratio = ratioOf(run, ours, torch);
    return ratio === null ? [] : [`${titles[run.net]} ${formatRatio(ratio)}`];
  });
  return `Glasshouse&apos;s training speed relative to PyTorch on one thread: ${parts.join('; ')}`;
}

function text(x: number, y: number, content: string, kind: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}" text-anchor="${anchor}">${content}</text>`;
}
