import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, withQuery } from '../api/client';
import { on } from '../api/live';
import { place, setQuery, to } from '../app/router';
import type { Entry } from '../api/types';
import { Empty, Failure, Loading } from '../parts/loaded';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { Windowed } from '../parts/windowed';
import { figure, say } from '../words/catalogue';
import { EntryList } from './ledger/entry_list';

function line(entry: Entry, index: number) {
  return (
    <tr key={entry.index} aria-rowindex={index + 2}>
      <td class="number index"><a href={to(`/ledger/${entry.index}`)}>{figure(entry.index)}</a></td>
      <td class="time"><span class="roomy"><When at={entry.time} style="full" /></span><span class="tight"><When at={entry.time} /></span></td>
      <th scope="row" class="type" dir="ltr"><a href={to(`/ledger/${entry.index}`)} tabIndex={-1}><code>{entry.type}</code></a></th>
      <td class="object" dir="ltr">{entry.object}</td>
      <td class="glance"><div dir="auto">{glance(entry.payload)}</div></td>
    </tr>
  );
}

/** The payload in one line, as far as it goes. */
export function glance(payload: unknown): string {
  if (payload === null || typeof payload !== 'object') return payload === null ? '—' : String(payload);
  return Object.entries(payload)
    .filter(([, value]) => value !== null && value !== '' && typeof value !== 'object')
    .map(([name, value]) => `${name}: ${String(value)}`).join(' · ').slice(0, 300);
}

function Filters() {
  const query = place.value.query;
  return (
    <form class="filters" role="search" key={query.toString()} onSubmit={(event) => {
      event.preventDefault();
      const values = new FormData(event.currentTarget);
      setQuery({ type: String(values.get('type') ?? '').trim(), object: String(values.get('object') ?? '').trim() });
    }}>
      <input type="search" name="type" aria-label={say('console.ledger.type')} placeholder={say('console.ledger.type_hint')} defaultValue={query.get('type') ?? ''} dir="ltr" />
      <input type="search" name="object" aria-label={say('console.ledger.object')} placeholder={say('console.ledger.object_hint')} defaultValue={query.get('object') ?? ''} dir="ltr" />
      <button type="submit">{say('console.ledger.filter')}</button>
      {query.size > 0 && <button type="button" class="quiet" onClick={() => setQuery({ type: '', object: '' })}>{say('console.ledger.show_all')}</button>}
    </form>
  );
}

function List({ type, object }: { type: string; object: string }) {
  const [list] = useState(() => new EntryList((before, limit) =>
    get<{ entries: Entry[] }>(withQuery('/api/v1/ledger/entries', { before, limit, type, object })).then(({ entries }) => entries)));
  useEffect(() => {
    void list.more();
    const stops = [on('entry', () => void list.newer()), on('reset', () => void list.newer())];
    return () => stops.forEach((stop) => stop());
  }, [list]);
  const onEnd = useCallback(() => void list.more(), [list]);
  const { entries, problem, loading, complete } = list.state.value;
  if (entries.length === 0) {
    if (problem) return <Failure problem={problem} retry={() => void list.more()} />;
    if (loading) return <Loading />;
    return <Empty>{say(type || object ? 'console.ledger.none_fits' : 'console.ledger.empty')}</Empty>;
  }
  return (
    <>
      <Windowed
        items={entries} row={line} columns={5} class="entries" caption={say('console.ledger.title')} onEnd={onEnd}
        head={<>
          <th scope="col" class="number index">{say('console.ledger.index')}</th><th scope="col" class="time">{say('console.ledger.time')}</th>
          <th scope="col" class="type">{say('console.ledger.type')}</th><th scope="col" class="object">{say('console.ledger.object')}</th>
          <th scope="col" class="glance">{say('console.ledger.payload')}</th>
        </>}
      />
      {problem ? <Failure problem={problem} retry={() => void list.more()} /> : !complete && <Loading />}
    </>
  );
}

/** Everything that happened, newest first. */
export function Ledger() {
  const query = place.value.query;
  const type = query.get('type') ?? '', object = query.get('object') ?? '';
  return (
    <Page title={say('console.ledger.title')}>
      <p class="soft lead">{say('console.ledger.about')}</p>
      <Filters />
      <List key={`${type}\n${object}`} type={type} object={object} />
    </Page>
  );
}
