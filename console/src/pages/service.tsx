import { get, path, remove } from '../api/client';
import { go, to } from '../app/router';
import type { Account } from '../api/types';
import { Confirm } from '../parts/confirm';
import { Loaded } from '../parts/loaded';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { say } from '../words/catalogue';
import { AccountCard } from './people/account_card';
import { Tokens } from './account/tokens';

/** The account of a program: roles and tokens. */
export function Service({ id }: { id: string }) {
  const resource = useResource(id, (signal) => get<Account>(path`/api/v1/accounts/${id}`, { signal }));
  const account = resource.reading.value.data;
  const removeAccount = async () => {
    await remove(path`/api/v1/accounts/${id}`, { version: account?.version });
    notify(say('console.people.removed', { name: account?.login ?? '' }));
    go('/people');
  };
  return (
    <Page title={account?.login ?? id} heading={<bdi>{account?.login ?? ''}</bdi>} trail={<a href={to('/people')}>{say('console.people.title')}</a>}
      actions={account && may('manage_people') && (
        <Confirm label={say('console.people.remove_account')} title={say('console.people.remove_account')} does={say('console.people.remove_account')} danger run={removeAccount}>
          <p>{say('console.people.remove_about', { name: account.login })}</p>
        </Confirm>
      )}>
      <Loaded resource={resource}>
        {(shown) => (
          <>
            <AccountCard key={String(shown.version)} account={shown} changed={() => void resource.reload()} />
            {shown.kind === 'service' && <Tokens base={path`/api/v1/accounts/${id}/tokens`} permissions={null} manages={may('manage_people')} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
