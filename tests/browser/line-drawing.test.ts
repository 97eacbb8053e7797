import { Chart } from 'chart.js';
import { afterEach, expect, test } from 'vitest';
import { LineDrawing, type LineLooks } from '../../src/ui/charts/line-drawing.ts';
import type { LineSeries } from '../../src/ui/charts/line-series.ts';

const looks: LineLooks = {
  ...{ xLabel: 'Epoch', isCounted: true, yLabel: '', yRange: undefined, isLog: false },
  colour: (token) => (token.endsWith('1') ? '#00f' : '#f00'),
};
const points = (count: number) => Array.from({ length: count }, (_, i) => ({ x: i + 1, y: 1 / i }));
const run = (id: string, colour: number, count: number): LineSeries[] => [
  { id: `${id} train`, label: `${id} · train`, points: points(count), colour, legend: '' },
  { id: `${id} validation`, label: id, points: points(count), colour, legend: id },
];

const frame = document.createElement('div');
frame.style.cssText = 'position: relative; width: 600px; height: 300px';
document.body.append(frame);
let drawing: LineDrawing | undefined;
afterEach(() => drawing?.destroy());

async function drawn() {
  const canvas = document.createElement('canvas');
  frame.replaceChildren(canvas);
  drawing = new LineDrawing(canvas);
  drawing.look(looks);
  drawing.show([...run('first', 0, 5), ...run('second', 1, 9)], looks);
  await expect.poll(() => Chart.getChart(canvas)?.data.datasets.length).toBe(4);
  return { canvas, chart: Chart.getChart(canvas) as Chart, drawing };
}

const visible = (chart: Chart) => chart.data.datasets.map((_, i) => chart.isDatasetVisible(i));

function clickLegend(canvas: HTMLCanvasElement, text: string) {
  // As chart.js keeps it: where each name lies.
  const { legend } = Chart.getChart(canvas) as unknown as {
    legend: { legendItems: { text: string }[]; legendHitBoxes: { left: number; top: number }[] };
  };
  const box = legend.legendHitBoxes[legend.legendItems.findIndex((item) => item.text === text)];
  const { left, top } = canvas.getBoundingClientRect();
  const at = { clientX: left + (box?.left ?? 0) + 3, clientY: top + (box?.top ?? 0) + 3 };
  canvas.dispatchEvent(new MouseEvent('click', { ...at, bubbles: true }));
}

test('a name clicked hides its line and the one beside it, also while points and lines come', async () => {
  const { canvas, chart, drawing } = await drawn();
  clickLegend(canvas, 'first');
  await expect.poll(() => visible(chart)).toEqual([false, false, true, true]);
  drawing.show([...run('first', 0, 8), ...run('second', 1, 12), ...run('third', 2, 3)], looks);
  await expect.poll(() => chart.data.datasets.length).toBe(6);
  await expect.poll(() => visible(chart)).toEqual([false, false, true, true, true, true]);
  expect(chart.data.datasets[0]?.data).toHaveLength(8);
  clickLegend(canvas, 'first');
  await expect.poll(() => visible(chart)).toEqual([true, true, true, true, true, true]);
});

test('a line that is taken away takes nothing of the others with it', async () => {
  const { canvas, chart, drawing } = await drawn();
  clickLegend(canvas, 'second');
  await expect.poll(() => visible(chart)).toEqual([true, true, false, false]);
  drawing.show(run('second', 1, 9), looks);
  await expect.poll(() => chart.data.datasets.length).toBe(2);
  await expect.poll(() => visible(chart)).toEqual([false, false]);
  drawing.show([...run('first', 0, 5), ...run('second', 1, 9)], looks);
  await expect.poll(() => chart.data.datasets.length).toBe(4);
  await expect.poll(() => visible(chart)).toEqual([true, true, false, false]);
});

test('of a hundred thousand points no more are drawn than there are pixels', async () => {
  const { chart, drawing } = await drawn();
  drawing.show(run('long', 0, 100_000), looks);
  await expect.poll(() => chart.data.datasets.length).toBe(2);
  expect(chart.data.datasets[0]?.data.length).toBeLessThanOrEqual(1000);
  expect(chart.scales['x']?.max).toBeGreaterThanOrEqual(100_000);
});
