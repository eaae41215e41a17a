import { useEffect } from 'preact/hooks';
import { get, post } from '../api/client';
import { on } from '../api/live';
import type { Configuration as Running, ConfigurationFault, Difference } from '../api/types';
import { Confirm } from '../parts/confirm';
import { Loaded } from '../parts/loaded';
import { Icon } from '../parts/icon';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { count, figure, say } from '../words/catalogue';
import { Differences } from './configuration/differences';

interface Pending { differences: Difference[] }

function Faults({ faults }: { faults: readonly ConfigurationFault[] }) {
  return (
    <section class="card faults" aria-labelledby="faults">
      <h2 id="faults">{count('console.configuration.faults', faults.length)}</h2>
      <p class="soft">{say('console.configuration.faults_about')}</p>
      <ol>
        {faults.map((fault) => (
          <li key={`${fault.file}:${fault.line}:${fault.column}:${fault.what}`}>
            <code dir="ltr">{fault.file}:{fault.line}:{fault.column}</code>
            <p><bdi>{fault.what}</bdi></p>
            {fault.mend && <p class="mend"><Icon name="next" /> <bdi>{fault.mend}</bdi></p>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What runs, what is wrong with the newest edit, and what applying it would change. */
export function Configuration() {
  const running = useResource('config', (signal) => get<Running>('/api/v1/config', { signal }));
  const pending = useResource('diff', (signal) => post<Pending>('/api/v1/config/diff', {}, { signal }));
  const again = () => {
    void running.reload();
    void pending.reload();
  };
  useEffect(() => {
    const stops = [on('config', again), on('reset', again)];
    return () => stops.forEach((stop) => stop());
  }, [running, pending]);
  const apply = async () => {
    const { differences } = await post<Pending>('/api/v1/config/apply');
    notify(count('console.configuration.applied', differences.length));
    again();
  };
  const faults = running.reading.value.data?.faults ?? [];
  const waiting = pending.reading.value.data?.differences ?? [];
  return (
    <Page title={say('console.configuration.title')} actions={<>
      <button type="button" onClick={again}><Icon name="refresh" /> {say('console.configuration.look_again')}</button>
      {may('apply_config') && (
        <Confirm class="primary" label={say('console.configuration.apply')} title={say('console.configuration.apply')} does={say('console.configuration.apply')}
          run={apply} disabled={waiting.length === 0 || faults.length > 0}>
          <p>{count('console.configuration.apply_about', waiting.length)}</p>
          <Differences differences={waiting} />
        </Confirm>
      )}
    </>}>
      <Loaded resource={running}>
        {({ instances, checks }) => (
          <>
            <dl class="card facts running">
              <div><dt>{say('console.configuration.runs')}</dt><dd>{count('console.instances.found', instances)}</dd></div>
              <div><dt>{say('instance.checks')}</dt><dd>{figure(checks)}</dd></div>
              <div><dt>{say('console.configuration.newest')}</dt><dd>{faults.length === 0 ? say('console.configuration.right') : <strong class="warn">{count('console.configuration.faults', faults.length)}</strong>}</dd></div>
            </dl>
            {faults.length > 0 && <Faults faults={faults} />}
          </>
        )}
      </Loaded>
      <section class="card" aria-labelledby="pending">
        <h2 id="pending">{say('console.configuration.pending')}</h2>
        {faults.length > 0 ? <p class="soft">{say('console.configuration.first_mend')}</p> : (
          <Loaded resource={pending}>
            {({ differences }) => (differences.length === 0 ? <p class="empty">{say('console.configuration.no_difference')}</p> : <Differences differences={differences} />)}
          </Loaded>
        )}
      </section>
    </Page>
  );
}
