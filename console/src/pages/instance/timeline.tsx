import { useEffect, useState } from 'preact/hooks';
import { get, path, withQuery } from '../../api/client';
import { on } from '../../api/live';
import type { Verdict, VerdictInterval } from '../../api/types';
import { Empty, Loaded } from '../../parts/loaded';
import { useResource } from '../../state/resource';
import { say, sayNamed } from '../../words/catalogue';
import { duration, moment } from '../../words/time';
import { lanesOf, type Span } from './lanes';

const ranges = { day: 86_400_000, week: 604_800_000, quarter: 90 * 86_400_000 } as const;
type Range = keyof typeof ranges;

const letters: Record<Verdict, string> = { normal: 'n', performance: 'p', interruption: 'x', unknown: 'u' };

function Bar({ span }: { span: Span }) {
  const words = `${sayNamed('verdict', span.verdict)}: ${moment(span.from)} – ${span.open ? say('instance.still') : moment(span.until)} (${duration(span.until - span.from)}) ${span.reason}`;
  return <span class={`span ${letters[span.verdict]}`} title={words} style={{ insetInlineStart: `${span.start * 100}%`, width: `${span.width * 100}%` }} />;
}

function Lanes({ verdicts, from, until }: { verdicts: readonly VerdictInterval[]; from: number; until: number }) {
  const lanes = lanesOf(verdicts, from, until);
  const bad = verdicts.filter((one) => one.verdict === 'interruption' || one.verdict === 'performance').slice(-8).reverse();
  return (
    <>
      <div class="lanes" role="img" aria-label={say('console.timeline.about')}>
        {lanes.map((lane) => (
          <div key={lane.check ?? ''} class={`lane ${lane.check === null ? 'whole' : ''}`}>
            <span class="lane-name"><bdi>{lane.check ?? say('console.timeline.whole')}</bdi></span>
            <span class="lane-bar">{lane.spans.map((span) => <Bar key={span.from} span={span} />)}</span>
          </div>
        ))}
        <div class="lane scale" aria-hidden="true"><span class="lane-name" /><span class="lane-ends"><span>{moment(from)}</span><span>{moment(until)}</span></span></div>
      </div>
      {bad.length > 0 && (
        <ul class="verdicts">
          {bad.map((one) => (
            <li key={`${one.check}/${one.from}`}>
              <span class={`tick ${letters[one.verdict]}`} aria-hidden="true" />
              <span>{moment(one.from)}</span>{' '}
              <strong><bdi>{one.check ?? say('console.timeline.whole')}</bdi> {sayNamed('verdict', one.verdict)}</strong>{' '}
              <span class="soft">{one.until ? duration(Date.parse(one.until) - Date.parse(one.from)) : say('instance.still')}</span>{' '}
              <span dir="auto">{one.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The verdicts of the instance and of each check, over time. */
export function Timeline({ instance }: { instance: string }) {
  const [range, setRange] = useState<Range>('day');
  const resource = useResource(`${instance}/${range}`, async (signal) => {
    const until = Date.now(), from = until - ranges[range];
    const { verdicts } = await get<{ verdicts: VerdictInterval[] }>(withQuery(path`/api/v1/instances/${instance}/verdicts`, {
      from: new Date(from).toISOString(), until: new Date(until).toISOString(),
    }), { signal });
    return { verdicts, from, until };
  });
  useEffect(() => on('row', (event) => event.id === instance && void resource.reload()), [resource]);
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
        {({ verdicts, from, until }) => (verdicts.length === 0 ? <Empty>{say('console.timeline.empty')}</Empty> : <Lanes verdicts={verdicts} from={from} until={until} />)}
      </Loaded>
    </section>
  );
}
