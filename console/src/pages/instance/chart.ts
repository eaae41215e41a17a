// The chart of a check's phases, stacked; a part of its own, loaded with the first chart, since
// uPlot weighs more than the rest of the page.
import uPlot, { type Options, type Series as Line } from 'uplot';
import type { Series } from '../../api/types';
import { say } from '../../words/catalogue';
import { moment, took } from '../../words/time';
import { columns, phases } from './columns';

const height = 220;
const least = 100;  // microseconds from bottom to top: closer, ticks would be told alike
const day = 86_400;
const widthOfPaper = 640;  // A4 or letter within margins

let printing = false;  // paper is white, whatever the look

function colour(name: string): string {
  const probe = document.createElement('span');
  if (printing) probe.style.colorScheme = 'light';
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;  // light-dark() resolved
  probe.remove();
  return value;
}

/** A tick of the time axis, as exact as the step between two. */
function label(tick: number, step: number, days: boolean): string {
  if (step >= day) return moment(tick * 1000, 'day');
  if (days) return moment(tick * 1000, 'short');
  const clock = moment(tick * 1000, 'clock');
  return step < 60 ? clock : clock.replace(/:\d\d$/, '');
}

function seriesOf(stacked: boolean): Line[] {
  const ink = colour('--ink');
  const value = (_: uPlot, number: number | null) => (number === null ? '—' : took(number));
  const p95: Line = { label: say('console.series.p95'), stroke: ink, width: 1.5, dash: [4, 3], points: { show: false }, value };
  if (!stacked) {
    const accent = colour('--i');
    return [{}, { label: say('console.series.mean'), stroke: accent, fill: colour('--it'), width: 2, points: { show: false }, value }, p95];
  }
  const layers = [...phases].reverse().map((name): Line => {
    const shade = colour(`--phase-${name}`);
    return {
      label: say(`console.phase.${name}`), stroke: shade, fill: shade, width: 0, points: { show: false },
      value: (chart, _, column, at) => {
        if (at === null) return '—';
        const top = chart.data[column]?.[at], below = column < phases.length ? chart.data[column + 1]?.[at] : 0;
        return typeof top === 'number' ? took(top - (below ?? 0)) : '—';
      },
    };
  });
  return [{}, ...layers, p95];
}

/** A strip along the bottom for every stretch in which a probe failed. */
function failures({ points, width_us }: Series): (chart: uPlot) => void {
  const shade = colour('--x'), strip = Math.round(5 * devicePixelRatio);
  return (chart) => {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = shade;
    for (const { at, failed } of points) {
      if (failed === 0) continue;
      const from = Date.parse(at) / 1000, left = chart.valToPos(from, 'x', true);
      const width = Math.max(chart.valToPos(from + width_us / 1e6, 'x', true) - left, 2);
      ctx.fillRect(left, bbox.top + bbox.height - strip, width, strip);
    }
    ctx.restore();
  };
}

function make(box: HTMLElement, shown: Series, width: number): uPlot {
  const { data, stacked } = columns(shown.points, shown.width_us);
  const [soft, line] = [colour('--soft'), colour('--line')];
  const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const series = seriesOf(stacked);
  series[0] = { value: (_: uPlot, time: number | null) => (time === null ? '—' : moment(time * 1000, 'full')), label: say('console.series.time') };
  const days = (data[0].at(-1) ?? 0) - (data[0][0] ?? 0) > day;
  const options: Options = {
    width, height, series,
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, least)] } },
    hooks: { draw: [failures(shown)] },
    axes: [
      { ...axis, space: days ? 110 : 60, values: (_chart, ticks, _axis, _space, step) => ticks.map((tick) => label(tick, step, days)) },
      { ...axis, size: 64, values: (_chart, ticks) => ticks.map((tick) => took(tick)) },
    ],
  };
  return new uPlot(options, data, box);
}

/** Draws into the box and follows its width; the answer takes it away again. */
export function draw(box: HTMLElement, shown: Series): () => void {
  let chart = make(box, shown, box.clientWidth);
  const watch = new ResizeObserver(() => !printing && chart.setSize({ width: box.clientWidth, height }));
  watch.observe(box);
  const again = (event: Event) => {
    printing = event.type === 'beforeprint';
    chart.destroy();
    chart = make(box, shown, printing ? widthOfPaper : box.clientWidth);
  };
  addEventListener('beforeprint', again);
  addEventListener('afterprint', again);
  return () => {
    watch.disconnect();
    removeEventListener('beforeprint', again);
    removeEventListener('afterprint', again);
    chart.destroy();
  };
}
