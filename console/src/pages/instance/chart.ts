// The chart of a check's phases, stacked; a part of its own, loaded with the first chart, since
// uPlot weighs more than the rest of the page.
import uPlot, { type Options, type Series as Line } from 'uplot';
import type { Series } from '../../api/types';
import { say } from '../../words/catalogue';
import { moment, took } from '../../words/time';
import { columns, phases } from './columns';

const height = 220;

function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;  // light-dark() resolved
  probe.remove();
  return value;
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

/** Draws into the box and follows its width; the answer takes it away again. */
export function draw(box: HTMLElement, { points, width_us }: Series): () => void {
  const { data, stacked } = columns(points, width_us);
  const [soft, line] = [colour('--soft'), colour('--line')];
  const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const series = seriesOf(stacked);
  series[0] = { value: (_: uPlot, time: number | null) => (time === null ? '—' : moment(time * 1000, 'full')), label: say('console.series.time') };
  const options: Options = {
    width: box.clientWidth, height, series,
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, 1)] } },
    axes: [
      { ...axis, values: (_chart, ticks) => ticks.map((tick) => moment(tick * 1000, (data[0].at(-1) ?? 0) - (data[0][0] ?? 0) > 90_000 ? 'day' : 'clock').replace(/:\d\d$/, '')) },
      { ...axis, size: 64, values: (_chart, ticks) => ticks.map((tick) => took(tick)) },
    ],
  };
  const chart = new uPlot(options, data, box);
  const watch = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height }));
  watch.observe(box);
  return () => {
    watch.disconnect();
    chart.destroy();
  };
}
