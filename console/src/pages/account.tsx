import { useState } from 'preact/hooks';
import { me } from '../state/session';
import { Page } from '../parts/page';
import { say } from '../words/catalogue';
import { Password } from './account/password';
import { SecondFactor } from './account/second_factor';
import { Sessions } from './account/sessions';
import { Tokens } from './account/tokens';
import { Grants } from './people/tables';

/** One's own account: ways in, and who is in. */
export function AccountPage() {
  const session = me.value;
  const [passwords, setPasswords] = useState(0);  // each new one ends the other sessions, perhaps tokens
  if (!session) return null;
  return (
    <Page title={say('console.account.title')}>
      <dl class="card facts">
        <div><dt>{say('console.login')}</dt><dd><bdi>{session.method === 'socket' ? say('console.local_operator') : session.account.login}</bdi></dd></div>
        {session.person && <div><dt>{say('console.people.name')}</dt><dd><bdi>{session.person.name}</bdi></dd></div>}
        {session.method !== 'socket' && <div><dt>{say('console.people.roles')}</dt><dd><Grants grants={session.roles} /></dd></div>}
      </dl>
      {session.method === 'socket' ? <p class="card soft">{say('console.account.socket')}</p> : (
        <div class="columns">
          <div>
            <Password changed={() => setPasswords(passwords + 1)} />
            <SecondFactor on={session.second_factor} />
          </div>
          <div>
            <Sessions key={passwords} />
            <Tokens key={`tokens ${passwords}`} base="/api/v1/me/tokens" permissions={session.permissions} manages />
          </div>
        </div>
      )}
    </Page>
  );
}
