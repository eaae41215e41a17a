import { useEffect, useState } from 'preact/hooks';
import { get, path, withQuery } from '../../api/client';
import { on } from '../../api/live';
import type { Verdict, VerdictInterval } from '../../api/types';
import { Empty, Loaded } from '../../parts/loaded';
import { When } from '../../parts/when';
import { useResource } from '../../state/resource';
import { say, sayNamed } from '../../words/catalogue';
import { duration, moment } from '../../words/time';
import { spansOf, type Span } from './spans';

const ranges = { day: 86_400_000, week: 604_800_000, quarter: 90 * 86_400_000 } as const;
type Range = keyof typeof ranges;
const most = 1000;  // intervals asked for
const listed = 8;

const letters: Record<Verdict, string> = { normal: 'n', performance: 'p', interruption: 'x', unknown: 'u' };

function Bar({ span }: { span: Span }) {
  const words = `${sayNamed('verdict', span.verdict)}: ${moment(span.from)} – ${span.open ? say('instance.still') : moment(span.until)} (${duration(span.until - span.from)}) ${span.reason}`;
  return <span class={`span ${letters[span.verdict]}`} title={words} style={{ insetInlineStart: `${span.start * 100}%`, width: `${span.width * 100}%` }} />;
}

function Past({ verdicts, from, until }: { verdicts: readonly VerdictInterval[]; from: number; until: number }) {
  const bad = verdicts.filter((one) => one.verdict === 'interruption' || one.verdict === 'performance').slice(0, listed);
  return (
    <>
      <div class="past" role="img" aria-label={say('console.timeline.about')}>
        <div class="past-bar">{spansOf(verdicts, from, until).map((span) => <Bar key={span.from} span={span} />)}</div>
        <div class="past-ends" aria-hidden="true"><span>{moment(from)}</span><span>{moment(until)}</span></div>
      </div>
      {bad.length > 0 && (
        <ul class="verdicts">
          {bad.map((one) => (
            <li key={one.from} class={letters[one.verdict]}>
              <span class="tick" aria-hidden="true" />
              <When at={one.from} />{' '}
              <strong>{sayNamed('verdict', one.verdict)}</strong>{' '}
              <span class="soft">{one.until ? duration(Date.parse(one.until) - Date.parse(one.from)) : say('instance.still')}</span>{' '}
              <bdi lang="en">{one.reason}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What the instance was measured to be, over time. */
export function Timeline({ instance }: { instance: string }) {
  const [range, setRange] = useState<Range>('day');
  const resource = useResource(`${instance}/${range}`, async (signal) => {
    const until = Date.now(), from = until - ranges[range];
    const { verdicts } = await get<{ verdicts: VerdictInterval[] }>(withQuery(path`/api/v1/instances/${instance}/verdicts`, {
      from: new Date(from).toISOString(), until: new Date(until).toISOString(), limit: most,
    }), { signal });
    return { verdicts, from, until };
  });
  useEffect(() => {
    const again = () => void resource.reload();
    const stops = [on('row', (event) => event.id === instance && again()), on('reset', again)];
    return () => stops.forEach((stop) => stop());
  }, [resource]);
  return (
    <section class="card timeline" aria-labelledby="timeline">
      <header>
        <h2 id="timeline">{say('console.timeline.title')}</h2>
        <div class="chips" role="group" aria-label={say('console.series.range')}>
          {(Object.keys(ranges) as Range[]).map((one) => (
            <button key={one} type="button" class="chip" aria-pressed={one === range} onClick={() => setRange(one)}>{say(`console.timeline.${one}`)}</button>
          ))}
        </div>
      </header>
      <Loaded resource={resource}>
        {({ verdicts, from, until }) => (verdicts.length === 0 ? <Empty>{say('console.timeline.empty')}</Empty> : <Past verdicts={verdicts} from={from} until={until} />)}
      </Loaded>
    </section>
  );
}
