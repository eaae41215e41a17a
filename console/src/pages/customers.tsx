import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, post, withQuery } from '../api/client';
import type { Institution } from '../api/types';
import { go, place, setQuery, to } from '../app/router';
import { Dialog } from '../parts/dialog';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { Empty, Failure, Loading } from '../parts/loaded';
import { Page } from '../parts/page';
import { Windowed } from '../parts/windowed';
import { PagedList } from '../state/paged_list';
import { may } from '../state/session';
import { count, languages, say, type Language } from '../words/catalogue';
import { useChanges } from '../state/follow';
import { InstitutionFields, institutionOf, territories } from './customers/institution_fields';

const atOnce = 1000;
const typingTakes = 250;

async function readInstitutions(filter: { q: string; territory: string; instance: string }, cursor: string | null) {
  const page = await get<{ institutions: Institution[]; next: string | null }>(withQuery('/api/v1/customers', { ...filter, limit: atOnce, cursor: cursor ?? undefined }));
  return { items: page.institutions, next: page.next };
}

function Add({ close }: { close: () => void }) {
  const send = async (values: Record<string, string>) => {
    const added = await post<Institution>('/api/v1/customers', { id: values['id'], ...institutionOf(values) });
    close();
    go(`/customers/${encodeURIComponent(added.id)}`);
  };
  return (
    <Dialog title={say('console.customers.add')} onClose={close}>
      <Form send={send} submit={say('console.customers.add')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => (
          <>
            <TextField name="id" label={say('console.customers.id')} hint={say('console.customers.id_hint')} required problem={problem} autofocus maxLength={128} />
            <InstitutionFields problem={problem} focus={false} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

function Filters() {
  const query = place.value.query;
  const timer = useRef(0);
  const field = useRef<HTMLInputElement>(null);
  const [q, territory, instance] = [query.get('q') ?? '', query.get('territory') ?? '', query.get('instance') ?? ''];
  const search = (text: string) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setQuery({ q: text.trim() }), typingTakes);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  // The address may change by other ways than typing.
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = q;
  }, [q]);
  return (
    <div class="filters" role="search">
      <input
        ref={field} type="search" aria-label={say('console.customers.search')} placeholder={say('console.customers.search')} dir="auto"
        defaultValue={q} onInput={(event) => search(event.currentTarget.value)}
      />
      <label class="inline">{say('console.customers.territory')}{' '}
        <select value={territory} onChange={(event) => setQuery({ territory: event.currentTarget.value })}>
          <option value="">{say('console.customers.any_territory')}</option>
          {[...new Set([...territories(), territory])].filter(Boolean).map((id) => <option key={id} value={id}>{id}</option>)}
        </select>
      </label>
      {instance && (
        <button type="button" class="chip" aria-pressed onClick={() => setQuery({ instance: '' })}>
          <span>{say('console.customers.at_instance')} <bdi>{instance}</bdi></span> <Icon name="close" />
        </button>
      )}
    </div>
  );
}

function line(institution: Institution, index: number) {
  const { id, name, aliases, territory, time_zone, language } = institution;
  return (
    <tr key={id} aria-rowindex={index + 2}>
      <th scope="row" class="name" dir="auto"><a href={to(`/customers/${encodeURIComponent(id)}`)}>{name}</a></th>
      <td class="id" dir="ltr"><code>{id}</code></td>
      <td class="aliases"><bdi>{aliases.join(', ')}</bdi></td>
      <td class="where"><bdi>{territory}</bdi></td>
      <td class="zone" dir="ltr">{time_zone}</td>
      <td class="language">{languages[language as Language] ?? language}</td>
    </tr>
  );
}

function NoneYet() {
  return (
    <Empty>
      <p>{say('console.customers.empty')}</p>
      {may('manage_customers') && <p><a class="button" href={to('/customers/import')}>{say('console.customers.import')}</a></p>}
    </Empty>
  );
}

function List() {
  const query = place.value.query;
  const [q, territory, instance] = [query.get('q') ?? '', query.get('territory') ?? '', query.get('instance') ?? ''];
  const [list] = useState(() => new PagedList(readInstitutions, { q, territory, instance }));
  useEffect(() => void list.show({ q, territory, instance }), [list, q, territory, instance]);
  useChanges('customers.', useCallback(() => void list.again(), [list]));
  const onEnd = useCallback(() => void list.more(), [list]);
  const { items: institutions, next, problem, loading, ready } = list.state.value;
  const filtered = Boolean(q || territory || instance);
  const failure = problem && !loading && <Failure problem={problem} retry={() => void list.again()} />;
  if (!ready) return failure || <Loading />;
  if (institutions.length === 0 && !filtered) return <>{failure}<NoneYet /></>;
  return (
    <>
      <Filters />
      {failure}
      <p class="found soft" role="status">{count('console.customers.found', institutions.length)}{next ? '+' : ''}</p>
      {institutions.length === 0 ? (
        <Empty>{say('console.customers.none_fits')}{' '}
          <button type="button" onClick={() => go('/customers', 'replace')}>{say('console.customers.show_all')}</button>
        </Empty>
      ) : (
        <Windowed
          items={institutions} row={line} columns={6} class="customers" caption={say('console.customers.title')} onEnd={onEnd}
          head={<>
            <th scope="col" class="name">{say('console.customers.institution')}</th><th scope="col" class="id">{say('console.customers.id')}</th>
            <th scope="col" class="aliases">{say('console.customers.aliases')}</th><th scope="col" class="where">{say('console.customers.territory')}</th>
            <th scope="col" class="zone">{say('console.customers.time_zone')}</th><th scope="col" class="language">{say('console.customers.language')}</th>
          </>}
        />
      )}
    </>
  );
}

/** The institutions that the cloud is for. */
export function Customers() {
  const [adding, setAdding] = useState(false);
  return (
    <Page title={say('console.customers.title')} actions={may('manage_customers') && <>
      <button type="button" class="primary" onClick={() => setAdding(true)}><Icon name="customers" /> {say('console.customers.add')}</button>
      <a class="button" href={to('/customers/import')}>{say('console.customers.import')}</a>
    </>}>
      <List />
      {adding && <Add close={() => setAdding(false)} />}
    </Page>
  );
}
