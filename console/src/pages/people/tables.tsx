import { to } from '../../app/router';
import type { Account, Grant, Person } from '../../api/types';
import { When } from '../../parts/when';
import { Windowed } from '../../parts/windowed';
import { say, sayNamed } from '../../words/catalogue';

export function roleName(grant: Grant): string {
  const name = sayNamed('console.role', grant.role);
  return grant.institution ? say('console.role_at', { role: name, institution: grant.institution }) : name;
}

export function Grants({ grants }: { grants: readonly Grant[] }) {
  if (grants.length === 0) return <span class="soft">{say('console.people.no_roles')}</span>;
  return <span class="grants">{grants.map((grant) => <span key={`${grant.role}/${grant.institution}`} class="grant">{roleName(grant)}</span>)}</span>;
}

/** Disabled, no way in yet, protected by a second factor. */
export function AccountState({ account }: { account: Account }) {
  if (account.disabled) return <span class="badge x">{say('console.people.disabled')}</span>;
  if (account.kind === 'person' && !account.has_password && !account.last_sign_in_at) return <span class="badge i">{say('console.people.not_yet')}</span>;
  if (account.second_factor) return <span class="badge n">{say('console.people.second_factor')}</span>;
  return null;
}

function newest(accounts: readonly Account[]): string | null {
  return accounts.map((account) => account.last_sign_in_at).filter((at) => at !== null).sort().at(-1) ?? null;
}

function personLine(person: Person, index: number) {
  const last = newest(person.accounts);
  return (
    <tr key={person.id} aria-rowindex={index + 2}>
      <th scope="row" class="name" dir="auto"><a href={to(`/people/${person.id}`)}>{person.name}</a></th>
      <td class="email" dir="ltr">{person.email}</td>
      <td class="logins"><bdi>{person.accounts.map((account) => account.login).join(', ') || '—'}</bdi></td>
      <td class="roles"><Grants grants={person.accounts.flatMap((account) => account.roles)} /></td>
      <td class="account-state">{person.accounts[0] && <AccountState account={person.accounts[0]} />}</td>
      <td class="last">{last ? <When at={last} /> : <span class="soft">{say('console.never')}</span>}</td>
    </tr>
  );
}

export function PeopleTable({ people }: { people: readonly Person[] }) {
  return (
    <Windowed
      items={people} row={personLine} columns={6} class="people" caption={say('console.people.title')}
      head={<>
        <th scope="col" class="name">{say('console.people.name')}</th><th scope="col" class="email">{say('console.people.email')}</th>
        <th scope="col" class="logins">{say('console.people.accounts')}</th><th scope="col" class="roles">{say('console.people.roles')}</th>
        <th scope="col" class="account-state">{say('console.people.state')}</th><th scope="col" class="last">{say('console.people.last')}</th>
      </>}
    />
  );
}

export function ServiceTable({ accounts }: { accounts: readonly Account[] }) {
  return (
    <div class="scroll" tabIndex={0}>
      <table class="plain card-table">
        <thead><tr><th scope="col">{say('console.login')}</th><th scope="col">{say('console.people.roles')}</th><th scope="col">{say('console.people.state')}</th><th scope="col">{say('console.people.since')}</th></tr></thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.id}>
              <th scope="row"><a href={to(`/accounts/${account.id}`)}><bdi>{account.login}</bdi></a></th>
              <td><Grants grants={account.roles} /></td><td><AccountState account={account} /></td><td><When at={account.created_at} style="day" /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
