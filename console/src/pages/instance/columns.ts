// The points of a series as the columns of a chart. Pure.
import type { PhaseName, SeriesPoint } from '../../api/types';

export const phases: readonly PhaseName[] = ['resolve', 'connect', 'tls', 'first_byte', 'transfer'];

type Column = (number | null)[];
/** Seconds for x first. */
export type Columns = [number[], ...Column[]];

/** Where nothing was probed for longer than a point is wide, a point without values makes a gap. */
function withGaps(points: readonly SeriesPoint[], width: number): { at: number; point: SeriesPoint | null }[] {
  return points.flatMap((point, i) => {
    const at = Date.parse(point.at) / 1000, before = points[i - 1];
    const gap = before && at - Date.parse(before.at) / 1000 > 1.5 * width;
    return gap ? [{ at: at - width / 2, point: null }, { at, point }] : [{ at, point }];
  });
}

/**
 * The phases stacked up, the whole stack first, then the 95th percentile; or, when no phase is
 * known, the mean and the 95th percentile. In microseconds.
 */
export function columns(points: readonly SeriesPoint[], widthMicroseconds: number): { data: Columns; stacked: boolean } {
  const all = withGaps(points, widthMicroseconds / 1e6);
  const x = all.map(({ at }) => at);
  const p95 = all.map(({ point }) => point?.p95_us ?? null);
  const stacked = points.some((point) => phases.some((name) => (point.phases[`${name}_us`] ?? 0) > 0));
  if (!stacked) return { data: [x, all.map(({ point }) => point?.mean_us ?? null), p95], stacked };
  const heights = new Array<number>(all.length).fill(0);
  const layers = phases.map((name) => all.map(({ point }, i) => {
    if (!point || point.mean_us === null) return null;
    return (heights[i] = (heights[i] ?? 0) + (point.phases[`${name}_us`] ?? 0));
  }));
  return { data: [x, ...layers.reverse(), p95], stacked };
}
