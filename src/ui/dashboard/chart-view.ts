import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { lineColour, lineDash } from './chart-colours.ts';
import { stackedValues, type ChartData } from './chart-data.ts';

export interface ChartViewOptions {
  /** Lines join measured points; bars count things per step, those of several lines on top of each other. */
  readonly kind: 'lines' | 'bars';
  /** Values are whole numbers. */
  readonly whole: boolean;
  /** For the axis of values. */
  readonly formatValue: (value: number) => string;
  /** For the axis of times, by the length of the whole time that is shown. */
  readonly formatTime: (epochMs: number, spanMs: number) => string;
  /** The step that the pointer is on; null when it left. */
  readonly onPoint: (index: number | null) => void;
}

export interface ChartView {
  /** Colours and words are taken anew from the page when `look` is another one. */
  draw(data: ChartData, look: string): void;
  dispose(): void;
}

const HEIGHT_PX = 176;
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** A chart of uPlot within `element`, as wide as it. It is a picture: words and numbers stand beside it. */
export function createChartView(element: HTMLElement, options: ChartViewOptions): ChartView {
  let plot: uPlot | null = null;
  let shown: ChartData | null = null;
  let shownLook = '';

  const build = (data: ChartData): void => {
    plot?.destroy();
    plot = new uPlot(optionsFor(element, data, options), valuesOf(data, options), element);
  };
  const resize = new ResizeObserver(() => {
    if (plot && element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: HEIGHT_PX });
  });
  resize.observe(element);

  return {
    draw(data, look) {
      const sameLines = shown !== null && linesOf(shown) === linesOf(data);
      const sameSpan = shown?.stepMs === data.stepMs && shown.times.length === data.times.length;
      const sameLook = look === shownLook;
      [shown, shownLook] = [data, look];
      if (plot && sameLines && sameSpan && sameLook) plot.setData(valuesOf(data, options));
      else build(data);
    },
    dispose() {
      resize.disconnect();
      plot?.destroy();
      plot = null;
    },
  };
}

function linesOf({ lines }: ChartData): string {
  return lines.map(({ id, place }) => `${place} ${id}`).join('\n');
}

function valuesOf(data: ChartData, { kind }: ChartViewOptions): uPlot.AlignedData {
  const { times, lines } = data;
  // The highest pile is drawn first: the lower ones cover all but its own share of it.
  const values = kind === 'bars' ? stackedValues(data).toReversed() : lines.map((line) => [...line.values]);
  return [times.map((at) => at / 1000), ...values];
}

function optionsFor(element: HTMLElement, data: ChartData, options: ChartViewOptions): uPlot.Options {
  const { times, stepMs, lines } = data;
  const colours = getComputedStyle(element);
  const colour = (name: string): string => colours.getPropertyValue(name).trim();
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0) + stepMs;
  const isBars = options.kind === 'bars';
  const places = lines.map(({ place }) => place);
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    padding: [10, 22, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isBars, size: 6 } },
    scales: {
      // A bar stands on the whole of its step.
      x: { time: true, range: (_plot, min, max) => [min, max + (isBars ? stepMs / 1000 : 0)] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: axesOf(colour, options, spanMs),
    series: [
      {},
      ...(isBars ? places.toReversed() : places).map((place) =>
        isBars ? barsOf(colour(lineColour(place))) : lineOf(colour(lineColour(place)), place, times.length),
      ),
    ],
    hooks: { setCursor: [(plot) => options.onPoint(plot.cursor.idx ?? null)] },
  };
}

function axesOf(colour: (name: string) => string, options: ChartViewOptions, spanMs: number): uPlot.Axis[] {
  const plain = {
    stroke: colour('--ink-2'),
    font: `12px ${colour('--font')}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...plain,
      grid: { show: false },
      size: 22,
      space: 84,
      values: (_plot, seconds) => seconds.map((at) => options.formatTime(at * 1000, spanMs)),
    },
    {
      ...plain,
      size: (_plot, values) => widthOf(values),
      ...(options.whole ? { incrs: WHOLE_STEPS } : {}),
      values: (_plot, values) => values.map(options.formatValue),
    },
  ];
}

/** Of the longest label: a digit of 12 px is about 7 px wide, a Chinese character about twice that. */
function widthOf(labels: readonly string[] | null): number {
  const signs = (labels ?? []).map((label) => label.replace(/[^ -ÿ]/gu, 'xx').length);
  return Math.max(5, ...signs) * 7 + 12;
}

function barsOf(fill: string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.75, 26, 2], align: 1 });
  return { stroke: fill, fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

function lineOf(stroke: string, place: number, count: number): uPlot.Series {
  const dash = lineDash(place);
  return {
    stroke,
    width: 1.75,
    ...(dash.length > 0 ? { dash } : {}),
    spanGaps: true,
    // Where there are few, a single one between gaps must be seen.
    points: { show: count <= 70, size: 5, fill: stroke },
  };
}
