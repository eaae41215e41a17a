import { get, withQuery } from '../../api/client';
import type { Institution } from '../../api/types';
import { to } from '../../app/router';
import { Loaded } from '../../parts/loaded';
import { useResource } from '../../state/resource';
import { say } from '../../words/catalogue';

const named = 8;

/** The institutions that use the instance now: the first of them, and the way to all. */
export function Tenants({ instance }: { instance: string }) {
  const resource = useResource(instance, (signal) => get<{ institutions: Institution[]; next: string | null }>(
    withQuery('/api/v1/customers', { instance, limit: named }), { signal }));
  return (
    <section class="card" aria-labelledby="tenants">
      <h2 id="tenants">{say('console.instance.tenants')}</h2>
      <Loaded resource={resource}>
        {({ institutions, next }) => (institutions.length === 0 ? <p class="soft">{say('console.instance.no_tenants')}</p> : (
          <>
            <ul class="names">{institutions.map(({ id, name }) => <li key={id}><a href={to(`/customers/${encodeURIComponent(id)}`)}><bdi>{name}</bdi></a></li>)}</ul>
            {next && <p><a href={`${to('/customers')}?instance=${encodeURIComponent(instance)}`}>{say('console.instance.all_tenants')}</a></p>}
          </>
        ))}
      </Loaded>
    </section>
  );
}
