import { get, path, remove } from '../../api/client';
import type { SessionInfo } from '../../api/types';
import { Confirm } from '../../parts/confirm';
import { Loaded } from '../../parts/loaded';
import { Ago } from '../../parts/when';
import { useResource } from '../../state/resource';
import { say, sayNamed } from '../../words/catalogue';
import { agentName } from './agent';

/** Where one is signed in. */
export function Sessions() {
  const resource = useResource('sessions', (signal) => get<{ sessions: SessionInfo[] }>('/api/v1/me/sessions', { signal }));
  const end = (id: string) => async () => {
    await remove(path`/api/v1/me/sessions/${id}`);
    await resource.reload();
  };
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">{say('console.account.sessions')}</h2>
      <Loaded resource={resource}>
        {({ sessions }) => (
          <ul class="entries-list">
            {sessions.map((one) => (
              <li key={one.id}>
                <div>
                  <strong dir="auto">{agentName(one.agent)}</strong> {one.current && <span class="badge n">{say('console.account.this_one')}</span>}
                  <p class="soft small"><bdi>{one.address}</bdi> · {sayNamed('console.method', one.method)} · {say('console.account.seen')} <Ago at={one.last_seen_at} /></p>
                </div>
                {!one.current && (
                  <Confirm label={say('console.account.end')} title={say('console.account.end')} does={say('console.account.end')} danger run={end(one.id)}>
                    <p>{say('console.account.end_about')}</p>
                  </Confirm>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
