import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, path, remove, withQuery } from '../api/client';
import type { Subscription, SubscriptionPage } from '../api/types';
import { go, place, setQuery, to } from '../app/router';
import { Confirm } from '../parts/confirm';
import { Empty, Failure, Loading } from '../parts/loaded';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { Windowed } from '../parts/windowed';
import { useChanges } from '../state/follow';
import { PagedList } from '../state/paged_list';
import { may } from '../state/session';
import { count, isolated, say, sayNamed } from '../words/catalogue';
import { firstOf, nameOf } from './notices/names';
import { Sections } from './notices/sections';

const atOnce = 500;
const typingTakes = 250;
const readAgainAfter = 1000;
const states = ['pending', 'active', 'quarantined'] as const;
const letters: Record<Subscription['state'], string> = { pending: 'i', active: 'n', quarantined: 'x' };
interface Filter { q: string; state: string }

async function read(filter: Filter, cursor: string | null) {
  const page = await get<SubscriptionPage>(withQuery('/api/v1/notifications/subscriptions', { ...filter, limit: atOnce, cursor: cursor ?? undefined }));
  return { items: page.subscriptions, next: page.next };
}

function follows({ choices }: Subscription): string {
  const names = [...choices.institutions, ...choices.products, ...choices.instances.map(nameOf)];
  return firstOf(names, names.length);
}

function End({ subscription: { id, address } }: { subscription: Subscription }) {
  const end = async () => {
    await remove(path`/api/v1/notifications/subscriptions/${id}`);
    notify(say('console.subscriptions.ended', { address: isolated(address) }));
  };
  return (
    <Confirm class="quiet" label={say('console.subscriptions.end')} title={say('console.subscriptions.end_it', { address: isolated(address) })} does={say('console.subscriptions.end')} danger run={end}>
      <p>{say('console.subscriptions.end_about')}</p>
    </Confirm>
  );
}

function line(one: Subscription, index: number) {
  return (
    <tr key={one.id} aria-rowindex={index + 2}>
      <th scope="row" class="who" dir="auto" title={one.owner || one.institution || undefined}>
        {may('read_ledger') ? <a href={`${to('/ledger')}?object=${encodeURIComponent(`subscription/${one.id}`)}`}>{one.address}</a> : one.address}
      </th>
      <td class="state"><span class={`badge ${letters[one.state]}`} title={one.trouble || undefined}>{say(`console.subscriptions.state.${one.state}`)}</span></td>
      <td class="follows">{follows(one)}{one.choices.digest && <small class="soft"> · {say('console.notes.daily')}</small>}</td>
      <td class="channel">{sayNamed('console.notices.channel', one.channel)}</td>
      <td class="since"><When at={one.confirmed_at ?? one.requested_at} style="day" /></td>
      <td class="doing"><End subscription={one} /></td>
    </tr>
  );
}

function Filters({ q, state }: Filter) {
  const timer = useRef(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = q;
  }, [q]);
  const search = (text: string) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setQuery({ q: text.trim() }), typingTakes);
  };
  return (
    <div class="filters" role="search">
      <input ref={field} type="search" aria-label={say('console.subscriptions.search')} placeholder={say('console.subscriptions.search')} dir="auto" defaultValue={q} onInput={(event) => search(event.currentTarget.value)} />
      <label class="inline">{say('console.notices.state')}{' '}
        <select value={state} onChange={(event) => setQuery({ state: event.currentTarget.value })}>
          <option value="">{say('console.notices.all')}</option>
          {states.map((each) => <option key={each} value={each}>{say(`console.subscriptions.state.${each}`)}</option>)}
        </select>
      </label>
    </div>
  );
}

function List() {
  const query = place.value.query;
  const [q, state] = [query.get('q') ?? '', query.get('state') ?? ''];
  const [list] = useState(() => new PagedList(read, { q, state }));
  useEffect(() => void list.show({ q, state }), [list, q, state]);
  useChanges('notifications.', useCallback(() => void list.again(), [list]), readAgainAfter);
  const onEnd = useCallback(() => void list.more(), [list]);
  const { items, next, problem, loading, ready } = list.state.value;
  const failure = problem && !loading && <Failure problem={problem} retry={() => void list.again()} />;
  if (!ready) return failure || <Loading />;
  if (items.length === 0 && !q && !state) return <>{failure}<Empty>{say('console.subscriptions.empty')} <a href="/subscribe" target="_blank" rel="noopener">{say('console.subscriptions.page')}</a></Empty></>;
  return (
    <>
      <Filters q={q} state={state} />
      {failure}
      <p class="found soft" role="status">{count('console.subscriptions.found', items.length)}{next ? '+' : ''}</p>
      {items.length === 0 ? (
        <Empty>{say('console.subscriptions.none_fits')} <button type="button" onClick={() => go('/notices/subscriptions', 'replace')}>{say('console.customers.show_all')}</button></Empty>
      ) : (
        <Windowed
          items={items} row={line} columns={6} class="subscriptions" caption={say('console.subscriptions.title')} onEnd={onEnd}
          head={<>
            <th scope="col" class="who">{say('console.subscriptions.address')}</th><th scope="col" class="state">{say('console.notices.state')}</th>
            <th scope="col" class="follows">{say('console.subscriptions.follows')}</th><th scope="col" class="channel">{say('console.notices.by')}</th>
            <th scope="col" class="since">{say('console.subscriptions.since')}</th><th scope="col" class="doing"><span class="unseen">{say('console.customers.actions')}</span></th>
          </>}
        />
      )}
    </>
  );
}

/** Who asked for news; a contact of an institution is with the customers. */
export function Subscriptions() {
  return (
    <Page title={say('console.subscriptions.title')}>
      <Sections />
      <p class="soft lead">{say('console.subscriptions.about')}</p>
      <List />
    </Page>
  );
}
