import { useState } from 'preact/hooks';
import { get, path, post } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import type { CheckDetail, Observation } from '../../api/types';
import { Icon } from '../../parts/icon';
import { Failure, Loaded } from '../../parts/loaded';
import { useResource } from '../../state/resource';
import { may } from '../../state/session';
import { say } from '../../words/catalogue';
import { ObservationView } from './observation';
import { SeriesView } from './series';
import { Timeline } from './timeline';

/** One check in depth: its newest observation, a run on demand, and its past as a chart. */
export function CheckPanel({ instance, check }: { instance: string; check: string }) {
  const detail = useResource(`${instance}/${check}`, (signal) =>
    get<CheckDetail>(path`/api/v1/instances/${instance}/checks/${check}`, { signal }));
  const [now, setNow] = useState<Observation | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setNow(await post<Observation>('/api/v1/checks/run', { check: `${instance}/${check}` }));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card check-panel" aria-labelledby="check">
      <header>
        <h2 id="check"><bdi>{check}</bdi></h2>
        {may('run_check') && <button type="button" class="primary" disabled={busy} onClick={() => void run()}><Icon name="play" /> {say(busy ? 'console.checks.running' : 'console.checks.run')}</button>}
      </header>
      <div role="status">
        {problem && <Failure problem={problem} />}
        {now && <ObservationView seen={now} title={say('console.checks.just_now')} note={say('console.checks.run_note')} />}
      </div>
      <Loaded resource={detail}>
        {({ observation }) => (observation ? <ObservationView seen={observation} title={say('console.checks.newest')} /> : <p class="soft">{say('console.checks.never')}</p>)}
      </Loaded>
      <SeriesView instance={instance} check={check} />
      <Timeline instance={instance} check={check} />
    </section>
  );
}
