import { useEffect, useState } from 'preact/hooks';
import { get, path, withQuery } from '../../api/client';
import { on } from '../../api/live';
import { to } from '../../app/router';
import type { Verdict, VerdictInterval } from '../../api/types';
import { Empty, Loaded } from '../../parts/loaded';
import { When } from '../../parts/when';
import { useResource } from '../../state/resource';
import { count, say, sayNamed } from '../../words/catalogue';
import { duration, moment } from '../../words/time';
import { spansOf, type Span } from './spans';

const ranges = { day: 86_400_000, week: 604_800_000, quarter: 90 * 86_400_000 } as const;
type Range = keyof typeof ranges;
const most = 1000;  // intervals asked for
const listed = 8;
const refreshEvery = 30_000;  // a check may change without its instance; then no event tells

const letters: Record<Verdict, string> = { normal: 'n', performance: 'p', interruption: 'x', unknown: 'u' };

function Bar({ span }: { span: Span }) {
  const words = `${sayNamed('verdict', span.verdict)}: ${moment(span.from)} – ${span.open ? say('instance.still') : moment(span.until)} (${duration(span.until - span.from)}) ${span.saw}`;
  return <span class={`span ${letters[span.verdict]}`} title={words} style={{ insetInlineStart: `${span.start * 100}%`, width: `${span.width * 100}%` }} />;
}

/** Which check explains it, unless that is known from where it stands, and what that one saw. */
function Why({ one, instance, known }: { one: VerdictInterval; instance: string; known: boolean }) {
  const name = one.check?.slice(instance.length + 1) ?? '';
  return (
    <>
      {!known && name && <>{one.layer && sayNamed('layer', one.layer)} · <a href={to(`/instances/${encodeURIComponent(instance)}/${encodeURIComponent(name)}`)}><bdi>{name}</bdi></a>{' '}</>}
      {one.saw && <bdi lang="en">{one.saw}</bdi>}
      {one.more > 0 && <>{' '}<span class="soft">{count('console.timeline.more', one.more)}</span></>}
    </>
  );
}

interface Shown {
  instance: string;
  /** One of its checks; the instance as a whole when not said. */
  check?: string;
}

function Past({ verdicts, from, until, instance, check }: Shown & { verdicts: readonly VerdictInterval[]; from: number; until: number }) {
  const bad = verdicts.filter((one) => one.verdict === 'interruption' || one.verdict === 'performance').slice(0, listed);
  return (
    <>
      <div class="past" role="img" aria-label={say(check === undefined ? 'console.timeline.about' : 'console.timeline.about_check')}>
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
              <Why one={one} instance={instance} known={check !== undefined} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What the instance, or one of its checks, was measured to be over time. */
export function Timeline({ instance, check }: Shown) {
  const [range, setRange] = useState<Range>('day');
  const resource = useResource(`${instance}/${check ?? ''} ${range}`, async (signal) => {
    const until = Date.now(), from = until - ranges[range];
    const { verdicts } = await get<{ verdicts: VerdictInterval[] }>(withQuery(check === undefined ? path`/api/v1/instances/${instance}/verdicts` : path`/api/v1/instances/${instance}/checks/${check}/verdicts`, {
      from: new Date(from).toISOString(), until: new Date(until).toISOString(), limit: most,
    }), { signal });
    return { verdicts, from, until };
  });
  useEffect(() => {
    const again = () => void resource.reload();
    const stops = [on('row', (event) => event.id === instance && again()), on('reset', again)];
    const timer = check === undefined ? undefined : setInterval(again, refreshEvery);
    return () => {
      clearInterval(timer);
      stops.forEach((stop) => stop());
    };
  }, [resource]);
  const ranged = (
    <>
      <header>
        {check === undefined ? <h2 id="timeline">{say('console.timeline.title')}</h2> : <h3>{say('console.timeline.title_check')}</h3>}
        <div class="chips" role="group" aria-label={say('console.series.range')}>
          {(Object.keys(ranges) as Range[]).map((one) => (
            <button key={one} type="button" class="chip" aria-pressed={one === range} onClick={() => setRange(one)}>{say(`console.timeline.${one}`)}</button>
          ))}
        </div>
      </header>
      <Loaded resource={resource}>
        {({ verdicts, from, until }) => (verdicts.length === 0 ? <Empty>{say('console.timeline.empty')}</Empty> : <Past verdicts={verdicts} from={from} until={until} instance={instance} {...(check === undefined ? {} : { check })} />)}
      </Loaded>
    </>
  );
  return check === undefined ? <section class="card timeline" aria-labelledby="timeline">{ranged}</section> : <div class="series timeline">{ranged}</div>;
}
