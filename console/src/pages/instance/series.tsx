import { useEffect, useRef, useState } from 'preact/hooks';
import { get, path, withQuery } from '../../api/client';
import type { Series } from '../../api/types';
import { Empty, Loaded } from '../../parts/loaded';
import { useResource } from '../../state/resource';
import { direction, language, say } from '../../words/catalogue';
import { zone } from '../../words/time';

const ranges = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
type Range = keyof typeof ranges;
const pointsShown = 300;
const refreshEvery = 30_000;

function Chart({ series }: { series: Series }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false, destroy = () => {};
    // The chart library is loaded with the first chart.
    void import('./chart').then(({ draw }) => {
      if (!gone && box.current) destroy = draw(box.current, series);
    });
    return () => {
      gone = true;
      destroy();
    };
  }, [series, language.value, direction.value, zone.value]);
  const failed = series.points.reduce((sum, point) => sum + point.failed, 0);
  const all = series.points.reduce((sum, point) => sum + point.count, 0);
  return (
    <>
      <div class="chart" ref={box} dir="ltr" role="img" aria-label={say('console.series.about', { count: all, failed })} />
      <p class="soft small">{failed > 0 && <span class="x"><span class="tick" aria-hidden="true" /></span>}{say('console.series.about', { count: all, failed })}</p>
    </>
  );
}

/** How long the phases of a check took, over time. */
export function SeriesView({ instance, check }: { instance: string; check: string }) {
  const [range, setRange] = useState<Range>('hour');
  const resource = useResource(`${instance}/${check}/${range}`, (signal) => {
    const until = Date.now();
    return get<Series>(withQuery(path`/api/v1/instances/${instance}/checks/${check}/series`, {
      from: new Date(until - ranges[range]).toISOString(), until: new Date(until).toISOString(), points: pointsShown,
    }), { signal });
  });
  useEffect(() => {
    const timer = setInterval(() => void resource.reload(), refreshEvery);
    return () => clearInterval(timer);
  }, [resource]);
  return (
    <div class="series">
      <header>
        <h3>{say('console.series.title')}</h3>
        <div class="chips" role="group" aria-label={say('console.series.range')}>
          {(Object.keys(ranges) as Range[]).map((one) => (
            <button key={one} type="button" class="chip" aria-pressed={one === range} onClick={() => setRange(one)}>{say(`console.series.${one}`)}</button>
          ))}
        </div>
      </header>
      <Loaded resource={resource}>
        {(series) => (series.points.length === 0 ? <Empty>{say('console.series.empty')}</Empty> : <Chart series={series} />)}
      </Loaded>
    </div>
  );
}
