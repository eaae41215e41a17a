import { useState } from 'preact/hooks';
import { get, post, withQuery } from '../api/client';
import { go, place, setQuery, to } from '../app/router';
import type { Account, Person } from '../api/types';
import { Dialog } from '../parts/dialog';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { Empty, Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { Secret } from '../parts/secret';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { count, say } from '../words/catalogue';
import { PeopleTable, ServiceTable } from './people/tables';
import { RolePicker, rolesOf } from './people/roles';

export interface PeoplePage { people: Person[]; next: string | null }
interface Invited { person: Person; invitation_url: string }

const all = 1000;

function AddPerson({ close, added }: { close: () => void; added: () => void }) {
  const [invited, setInvited] = useState<Invited | null>(null);
  const send = async (values: Record<string, string>) => {
    const { name, email, login } = values;
    setInvited(await post<Invited>('/api/v1/people', { name, email, login, roles: rolesOf(values) }));
    added();
  };
  return (
    <Dialog title={say('console.people.add')} onClose={close}>
      {invited ? (
        <div class="form">
          <p>{say('console.people.invited', { name: invited.person.name })}</p>
          <Secret text={invited.invitation_url} label={say('console.people.invitation')} />
          <p class="soft">{say('console.people.invitation_about')}</p>
          <div class="buttons">
            <button type="button" class="primary" onClick={close}>{say('console.done')}</button>
            <a class="button" href={to(`/people/${invited.person.id}`)} onClick={close}>{say('console.people.open')}</a>
          </div>
        </div>
      ) : (
        <Form send={send} submit={say('console.people.invite')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
          {(problem) => (
            <>
              <TextField name="name" label={say('console.people.name')} required problem={problem} autofocus maxLength={200} />
              <TextField name="email" type="email" label={say('console.people.email')} required problem={problem} />
              <TextField name="login" label={say('console.login')} hint={say('console.people.login_hint')} required problem={problem} />
              <RolePicker problem={problem} />
            </>
          )}
        </Form>
      )}
    </Dialog>
  );
}

function AddService({ close }: { close: () => void }) {
  const send = async (values: Record<string, string>) => {
    const account = await post<Account>('/api/v1/accounts', { login: values['login'], roles: rolesOf(values) });
    close();
    go(`/accounts/${account.id}`);
  };
  return (
    <Dialog title={say('console.people.add_service')} onClose={close}>
      <Form send={send} submit={say('console.people.add_service')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => (
          <>
            <TextField name="login" label={say('console.login')} hint={say('console.people.service_hint')} required problem={problem} autofocus />
            <RolePicker problem={problem} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** Who may come in: people with their accounts, and the accounts of programs. */
export function People() {
  const query = place.value.query.get('q') ?? '';
  const people = useResource(`people/${query}`, (signal) => get<PeoplePage>(withQuery('/api/v1/people', { q: query, limit: all }), { signal }));
  const services = useResource('services', (signal) => get<{ accounts: Account[] }>(withQuery('/api/v1/accounts', { kind: 'service', limit: all }), { signal }));
  const [adding, setAdding] = useState<'person' | 'service' | null>(null);
  const close = () => setAdding(null);
  const manages = may('manage_people');
  return (
    <Page title={say('console.people.title')} actions={manages && <>
      <button type="button" class="primary" onClick={() => setAdding('person')}><Icon name="people" /> {say('console.people.add')}</button>
      <button type="button" onClick={() => setAdding('service')}>{say('console.people.add_service')}</button>
    </>}>
      <div class="filters" role="search">
        <input type="search" aria-label={say('console.people.search')} placeholder={say('console.people.search')} dir="auto" value={query} onChange={(event) => setQuery({ q: event.currentTarget.value })} />
      </div>
      <Loaded resource={people}>
        {({ people: found, next }) => (found.length === 0
          ? <Empty>{say(query ? 'console.people.none_fits' : 'console.people.empty')}</Empty>
          : <><p class="found soft" role="status">{count('console.people.found', found.length)}{next ? '+' : ''}</p><PeopleTable people={found} /></>)}
      </Loaded>
      <section class="below" aria-labelledby="services">
        <h2 id="services">{say('console.people.services')}</h2>
        <Loaded resource={services}>
          {({ accounts }) => (accounts.length === 0 ? <Empty>{say('console.people.no_services')}</Empty> : <ServiceTable accounts={accounts} />)}
        </Loaded>
      </section>
      {adding === 'person' && <AddPerson close={close} added={() => void people.reload()} />}
      {adding === 'service' && <AddService close={close} />}
    </Page>
  );
}
