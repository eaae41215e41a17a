import type { Observation } from '../../api/types';
import { When } from '../../parts/when';
import { figure, say, sayNamed } from '../../words/catalogue';
import { took } from '../../words/time';
import { phases } from './columns';

function Phases({ seen }: { seen: Observation }) {
  const known = phases.flatMap((name) => {
    const time = seen.phases[`${name}_us`];
    return time === null ? [] : [{ name, time }];
  });
  const sum = known.reduce((all, { time }) => all + time, 0);
  if (known.length === 0 || sum === 0) return null;
  return (
    <div class="phases">
      <div class="phase-bar" aria-hidden="true">
        {known.map(({ name, time }) => <span key={name} class={`phase ${name}`} style={{ flexGrow: time / sum }} />)}
      </div>
      <dl>
        {known.map(({ name, time }) => <div key={name}><dt><span class={`swatch ${name}`} aria-hidden="true" />{say(`console.phase.${name}`)}</dt><dd>{took(time)}</dd></div>)}
      </dl>
    </div>
  );
}

/** What one probe saw: outcome, phases, metrics, and what was said on the wire. */
export function ObservationView({ seen, title, note }: { seen: Observation; title: string; note?: string }) {
  return (
    <div class="observation">
      <h3>{title}</h3>
      <p>
        <strong>{sayNamed('console.outcome', seen.outcome)}</strong>{seen.degraded && ` · ${say('console.outcome.degraded')}`}
        {' '}· <bdi>{took(seen.took_us)}</bdi> · <When at={seen.at} style="full" />{seen.address && <> · <bdi><code>{seen.address}</code></bdi></>}
      </p>
      {seen.reason && <p><bdi lang="en">{seen.reason}</bdi></p>}
      <Phases seen={seen} />
      {seen.metrics.length > 0 && (
        <dl class="facts">{seen.metrics.map((metric) => <div key={metric.name}><dt>{metric.name}</dt><dd><bdi>{figure(metric.value)} {metric.unit}</bdi></dd></div>)}</dl>
      )}
      {seen.transcript.length > 0 && (
        <details><summary>{say('console.checks.transcript')}</summary><pre class="transcript" dir="ltr" tabIndex={0}>{seen.transcript.join('\n')}</pre></details>
      )}
      {note && <p class="soft small">{note}</p>}
    </div>
  );
}
