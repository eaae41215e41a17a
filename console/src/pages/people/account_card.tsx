import { useState } from 'preact/hooks';
import { path, post, put, remove } from '../../api/client';
import type { Account } from '../../api/types';
import { Confirm } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { Form } from '../../parts/form';
import { notify } from '../../parts/notice';
import { Secret } from '../../parts/secret';
import { When } from '../../parts/when';
import { may } from '../../state/session';
import { say } from '../../words/catalogue';
import { RolePicker, rolesOf } from './roles';
import { AccountState, Grants } from './tables';

function Roles({ account, changed }: { account: Account; changed: () => void }) {
  const [open, setOpen] = useState(false);
  const send = async (values: Record<string, string>) => {
    await put(path`/api/v1/accounts/${account.id}/roles`, { roles: rolesOf(values) }, { version: account.version });
    setOpen(false);
    notify(say('console.saved'));
    changed();
  };
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>{say('console.people.change_roles')}</button>
      {open && (
        <Dialog title={say('console.people.roles_of', { login: account.login })} onClose={() => setOpen(false)}>
          <Form send={send} submit={say('console.save')} others={<button type="button" onClick={() => setOpen(false)}>{say('console.cancel')}</button>}>
            {(problem) => <RolePicker held={account.roles} problem={problem} />}
          </Form>
        </Dialog>
      )}
    </>
  );
}

function Invite({ account }: { account: Account }) {
  const [url, setUrl] = useState('');
  const invite = async () => setUrl((await post<{ invitation_url: string }>(path`/api/v1/accounts/${account.id}/invitation`)).invitation_url);
  return (
    <>
      <Confirm label={say('console.people.invite_again')} title={say('console.people.invite_again')} does={say('console.people.invite_again')} run={invite}>
        <p>{say('console.people.invite_again_about', { login: account.login })}</p>
      </Confirm>
      {url && (
        <Dialog title={say('console.people.invitation')} onClose={() => setUrl('')}>
          <Secret text={url} label={say('console.people.invitation')} />
          <p class="soft">{say('console.people.invitation_about')}</p>
        </Dialog>
      )}
    </>
  );
}

/** One account: what it may, how it stands, what can be done with it. */
export function AccountCard({ account, changed }: { account: Account; changed: () => void }) {
  const setDisabled = async () => {
    await put(path`/api/v1/accounts/${account.id}/disabled`, { disabled: !account.disabled }, { version: account.version });
    changed();
  };
  const removeAccount = async () => {
    await remove(path`/api/v1/accounts/${account.id}`, { version: account.version });
    changed();
  };
  const forgetFactor = async () => {
    await remove(path`/api/v1/accounts/${account.id}/second-factor`);
    changed();
  };
  const toggle = say(account.disabled ? 'console.people.enable' : 'console.people.disable');
  return (
    <section class="card" aria-label={account.login}>
      <header><h2><bdi>{account.login}</bdi></h2><AccountState account={account} /></header>
      <dl class="facts">
        <div><dt>{say('console.people.roles')}</dt><dd><Grants grants={account.roles} /></dd></div>
        <div><dt>{say('console.people.last')}</dt><dd>{account.last_sign_in_at ? <When at={account.last_sign_in_at} /> : say('console.never')}</dd></div>
        <div><dt>{say('console.people.since')}</dt><dd><When at={account.created_at} style="day" /></dd></div>
      </dl>
      {may('manage_people') && (
        <div class="buttons spaced">
          <Roles account={account} changed={changed} />
          {account.kind === 'person' && <Invite account={account} />}
          {account.second_factor && (
            <Confirm label={say('console.people.forget_factor')} title={say('console.people.forget_factor')} does={say('console.people.forget_factor')} danger run={forgetFactor}>
              <p>{say('console.people.forget_factor_about', { login: account.login })}</p>
            </Confirm>
          )}
          <Confirm label={toggle} title={toggle} does={toggle} danger={!account.disabled} run={setDisabled}>
            <p>{say(account.disabled ? 'console.people.enable_about' : 'console.people.disable_about', { login: account.login })}</p>
          </Confirm>
          {account.kind === 'person' && (
            <Confirm label={say('console.people.remove_account')} title={say('console.people.remove_account')} does={say('console.people.remove_account')} danger run={removeAccount}>
              <p>{say('console.people.remove_about', { name: account.login })}</p>
            </Confirm>
          )}
        </div>
      )}
    </section>
  );
}
