/** The drawing of a line chart, kept apart from its frame: made once, then given new lines and new looks. */
import {
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
} from 'chart.js';
import type { LineSeries } from './line-series.ts';
import { thinned } from './thinned.ts';

Chart.register(
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
);

export interface LineLooks {
  xLabel: string;
  /** Whether x is a whole number. */
  isCounted: boolean;
  yLabel: string;
  yRange: [number, number] | undefined;
  isLog: boolean;
  /** The value of a colour token, such as `--line`. */
  colour: (token: string) => string;
}

/** A live curve is drawn this often at most: more can't be followed, and costs the page its quickness. */
const drawEveryMs = 250;
/** Of a line: more than a chart has pixels for. */
const mostPoints = 1000;

type Line = ChartDataset<'line', { x: number; y: number }[]>;
type Options = NonNullable<ChartConfiguration<'line', { x: number; y: number }[]>['options']>;

/** Of every line chart, whatever it shows. */
const always: Options = {
  animation: false,
  parsing: false,
  normalized: true,
  responsive: true,
  maintainAspectRatio: false,
  interaction: { mode: 'nearest', axis: 'x', intersect: false },
  elements: { point: { radius: 0, hitRadius: 8 }, line: { borderWidth: 2 } },
};

/**
 * Draws a chart that nobody sees when the page is idle, so that the first one that is seen finds chart.js compiled:
 * compiling it while a run starts would hold the page up.
 */
export function rehearse() {
  const idle = 'requestIdleCallback' in globalThis ? requestIdleCallback : setTimeout; // Safari has none
  idle(() => {
    const drawing = new LineDrawing(document.createElement('canvas'), { responsive: false });
    const looks = {
      xLabel: 'x',
      isCounted: true,
      yLabel: '',
      yRange: undefined,
      isLog: false,
      colour: () => '#000',
    };
    const points = Array.from({ length: 4 }, (_, x) => ({ x, y: x }));
    drawing.look(looks);
    drawing.show([{ id: '', label: 'y', points }], looks);
    setTimeout(() => drawing.destroy(), 1000);
  });
}

export class LineDrawing {
  readonly #always: Options;
  readonly #canvas: HTMLCanvasElement;
  /** Made empty, and only then drawn, each in a task of its own: charts that come all at once would hold the page up. */
  #chart: Chart<'line', { x: number; y: number }[]> | undefined;
  #series: readonly LineSeries[] = [];
  #colour: LineLooks['colour'] = () => '';
  /** By id: chart.js keeps what it made of a line, such as whether it is hidden, by this object. */
  #lines = new Map<string, Line>();
  #options: Options;
  #isNewLook = true;
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLCanvasElement, options: Options = {}) {
    this.#canvas = canvas;
    this.#always = { ...always, ...options };
    this.#options = this.#always;
  }

  show(series: readonly LineSeries[], { colour }: LineLooks) {
    this.#series = series;
    this.#colour = colour;
    this.#draw();
  }

  look({ xLabel, isCounted, yLabel, yRange, isLog, colour }: LineLooks) {
    const axis = (text: string, isCounted = false) => ({
      grid: { color: colour('--line') },
      ticks: {
        color: colour('--ink-subtle'),
        maxTicksLimit: 6,
        ...(isCounted && { precision: 0 }),
      },
      border: { color: colour('--line-strong') },
      title: { display: text !== '', text, color: colour('--ink-subtle') },
    });
    this.#options = {
      ...this.#always,
      scales: {
        x: { type: 'linear', ...axis(xLabel, isCounted) },
        y: {
          type: isLog ? 'logarithmic' : 'linear',
          ...axis(yLabel),
          ...(yRange && { min: yRange[0], max: yRange[1] }),
        },
      },
      plugins: {
        legend: {
          position: 'top',
          align: 'start',
          onClick: (_, { datasetIndex = 0 }, { chart }) => this.#hideOrShow(chart, datasetIndex),
          labels: {
            color: colour('--ink-muted'),
            boxWidth: 18,
            boxHeight: 0,
            filter: ({ text }) => text !== '',
            generateLabels: (chart) =>
              Chart.defaults.plugins.legend.labels
                .generateLabels(chart)
                .map((item, i) => ({ ...item, text: this.#series[i]?.legend ?? item.text })),
          },
        },
      },
    };
    this.#isNewLook = true;
    this.#draw();
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#chart?.destroy();
  }

  /** Now if the last drawing is long enough ago; else soon, once for all that comes until then. */
  #draw() {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#last + drawEveryMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#last = performance.now();
      this.#update();
    }, wait);
  }

  #update() {
    if (!this.#chart) {
      const data = { datasets: [] };
      this.#chart = new Chart(this.#canvas, { type: 'line', data, options: { ...this.#always } });
      this.#last = -Infinity;
      this.#draw();
      return;
    }
    const lines = new Map(this.#series.map((series, i) => [series.id, this.#line(series, i)]));
    this.#lines = lines;
    this.#chart.data.datasets = [...lines.values()];
    if (this.#isNewLook) this.#chart.options = this.#options; // which chart.js works out anew
    this.#isNewLook = false;
    this.#chart.update('none');
  }

  /** A line, and with it those of its colour that the legend leaves out. */
  #hideOrShow(chart: Chart, index: number) {
    const isVisible = chart.isDatasetVisible(index);
    this.#series.forEach(({ colour, legend }, i) => {
      if (i === index || (legend === '' && colour === this.#series[index]?.colour))
        chart.setDatasetVisibility(i, !isVisible);
    });
    chart.update('none');
  }

  #line({ id, label, points, colour, dashed, mark = 'line' }: LineSeries, i: number): Line {
    const ink = this.#colour(`--series-${((colour ?? i) % 8) + 1}`);
    const data = mark === 'line' ? thinned(points, mostPoints) : points;
    return Object.assign(this.#lines.get(id) ?? {}, {
      label,
      data: [...data],
      borderColor: ink,
      backgroundColor: mark === 'steps' ? `${ink}55` : ink,
      borderDash: dashed ? [5, 4] : [],
      showLine: mark !== 'points',
      stepped: mark === 'steps' ? ('before' as const) : false,
      fill: mark === 'steps' ? 'origin' : false,
      pointRadius: mark === 'points' ? 2.5 : points.length === 1 ? 3 : 0,
    });
  }
}
