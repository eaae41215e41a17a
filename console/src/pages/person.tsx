import { useState } from 'preact/hooks';
import { get, patch, path, post, remove } from '../api/client';
import { go, to } from '../app/router';
import type { Account, Person } from '../api/types';
import { Confirm } from '../parts/confirm';
import { Dialog } from '../parts/dialog';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Loaded } from '../parts/loaded';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { Secret } from '../parts/secret';
import { When } from '../parts/when';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { say } from '../words/catalogue';
import { AccountCard } from './people/account_card';
import { RolePicker, rolesOf } from './people/roles';

function AddAccount({ person, close, added }: { person: Person; close: () => void; added: () => void }) {
  const [url, setUrl] = useState('');
  const send = async (values: Record<string, string>) => {
    const made = await post<{ account: Account; invitation_url: string }>(path`/api/v1/people/${person.id}/accounts`, { login: values['login'], roles: rolesOf(values) });
    setUrl(made.invitation_url);
    added();
  };
  return (
    <Dialog title={say('console.people.add_account')} onClose={close}>
      {url ? (
        <div class="form">
          <Secret text={url} label={say('console.people.invitation')} />
          <p class="soft">{say('console.people.invitation_about')}</p>
          <div class="buttons"><button type="button" class="primary" onClick={close}>{say('console.done')}</button></div>
        </div>
      ) : (
        <Form send={send} submit={say('console.people.add_account')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
          {(problem) => (
            <>
              <p class="soft">{say('console.people.add_account_about')}</p>
              <TextField name="login" label={say('console.login')} required problem={problem} autofocus />
              <RolePicker problem={problem} />
            </>
          )}
        </Form>
      )}
    </Dialog>
  );
}

function Details({ person, changed }: { person: Person; changed: (next: Person) => void }) {
  if (!may('manage_people')) {
    return <section class="card"><dl class="facts"><div><dt>{say('console.people.email')}</dt><dd><bdi>{person.email}</bdi></dd></div></dl></section>;
  }
  const send = async (values: Record<string, string>) => {
    changed(await patch<Person>(path`/api/v1/people/${person.id}`, { name: values['name'], email: values['email'] }, { version: person.version }));
    notify(say('console.saved'));
  };
  return (
    <section class="card" aria-labelledby="details">
      <h2 id="details">{say('console.people.details')}</h2>
      <Form send={send} submit={say('console.save')}>
        {(problem) => (
          <>
            <TextField name="name" label={say('console.people.name')} value={person.name} required problem={problem} />
            <TextField name="email" type="email" label={say('console.people.email')} value={person.email} required problem={problem} />
          </>
        )}
      </Form>
    </section>
  );
}

/** One natural person with all accounts. */
export function PersonPage({ id }: { id: string }) {
  const resource = useResource(id, (signal) => get<Person>(path`/api/v1/people/${id}`, { signal }));
  const [adding, setAdding] = useState(false);
  const person = resource.reading.value.data;
  const manages = may('manage_people');
  const removePerson = async () => {
    await remove(path`/api/v1/people/${id}`, { version: person?.version });
    notify(say('console.people.removed', { name: person?.name ?? '' }));
    go('/people');
  };
  return (
    <Page title={person?.name ?? say('console.people.title')} heading={person && <bdi>{person.name}</bdi>} trail={<a href={to('/people')}>{say('console.people.title')}</a>}
      actions={person && manages && <>
        <button type="button" onClick={() => setAdding(true)}>{say('console.people.add_account')}</button>
        <Confirm label={say('console.people.remove')} title={say('console.people.remove')} does={say('console.people.remove')} danger run={removePerson}>
          <p>{say('console.people.remove_about', { name: person.name })}</p>
        </Confirm>
      </>}>
      <Loaded resource={resource}>
        {(shown) => (
          <>
            <Details key={String(shown.version)} person={shown} changed={resource.replace} />
            {shown.accounts.map((account) => <AccountCard key={`${account.id}/${account.version}`} account={account} changed={() => void resource.reload()} />)}
            <p class="soft small">{say('console.people.since')} <When at={shown.created_at} style="day" />
              {may('read_ledger') && <> · <a href={`${to('/ledger')}?object=${encodeURIComponent(`person/${shown.id}`)}`}>{say('console.instance.in_ledger')}</a></>}</p>
          </>
        )}
      </Loaded>
      {adding && person && <AddAccount person={person} close={() => setAdding(false)} added={() => void resource.reload()} />}
    </Page>
  );
}
