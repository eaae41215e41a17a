import { useState } from 'preact/hooks';
import { get, post, remove } from '../../api/client';
import type { Permission, Token } from '../../api/types';
import { Confirm } from '../../parts/confirm';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { Empty, Loaded } from '../../parts/loaded';
import { Secret } from '../../parts/secret';
import { Ago, When } from '../../parts/when';
import { useResource } from '../../state/resource';
import { say, sayNamed } from '../../words/catalogue';

const grantable = ['own_account', 'read_status', 'declare_status', 'run_check', 'read_config', 'apply_config', 'read_ledger', 'read_people', 'manage_people'] as const;
const usualDays = 90;

interface Props {
  /** "/api/v1/me/tokens" or those of a service account. */
  base: string;
  /** What the account may; nothing when the hub is to say it. */
  permissions: readonly Permission[] | null;
  manages: boolean;
}

function NewToken({ base, permissions, made }: { base: string; permissions: readonly Permission[] | null; made: () => void }) {
  const [token, setToken] = useState('');
  const send = async (values: Record<string, string>) => {
    const scopes = Object.keys(values).filter((name) => name.startsWith('scope/')).map((name) => name.slice('scope/'.length));
    const answer = await post<{ token: string; info: Token }>(base, { name: values['name'], scopes, expires_in_days: Number(values['expires_in_days']) });
    setToken(answer.token);
    made();
  };
  const offered = grantable.filter((scope) => !permissions || permissions.includes(scope));
  return (
    <details>
      <summary>{say('console.account.new_token')}</summary>
      {token && (
        <div class="standing">
          <p><strong>{say('console.account.token_once')}</strong></p>
          <Secret text={token} label={say('console.account.token')} />
        </div>
      )}
      <Form send={send} submit={say('console.account.make_token')} reset>
        {(problem) => (
          <>
            <TextField name="name" label={say('console.account.token_name')} hint={say('console.account.token_name_hint')} required problem={problem} maxLength={100} />
            <fieldset>
              <legend>{say('console.account.scopes')}</legend>
              {problem?.about('scopes') && <small class="fault">{problem.about('scopes')}</small>}
              {offered.map((scope) => (
                <label key={scope} class="checkbox"><input type="checkbox" name={`scope/${scope}`} /> <span>{say(`console.permission.${scope}`)} <code class="soft">{scope}</code></span></label>
              ))}
            </fieldset>
            <TextField name="expires_in_days" type="number" label={say('console.account.days')} value={String(usualDays)} required problem={problem} />
          </>
        )}
      </Form>
    </details>
  );
}

/** Tokens for programs: shown once, with scopes and an end. */
export function Tokens({ base, permissions, manages }: Props) {
  const resource = useResource(base, (signal) => get<{ tokens: Token[] }>(base, { signal }));
  const revoke = (id: string) => async () => {
    await remove(`${base}/${encodeURIComponent(id)}`);
    await resource.reload();
  };
  return (
    <section class="card" aria-labelledby="tokens">
      <h2 id="tokens">{say('console.account.tokens')}</h2>
      <Loaded resource={resource}>
        {({ tokens }) => (tokens.length === 0 ? <Empty>{say('console.account.no_tokens')}</Empty> : (
          <ul class="entries-list">
            {tokens.map((token) => (
              <li key={token.id}>
                <div>
                  <strong dir="auto">{token.name}</strong>
                  <p class="soft small">{token.scopes.map((scope) => sayNamed('console.permission', scope)).join(', ')} · {say('console.account.until')} <When at={token.expires_at} style="day" /> · {token.last_used_at ? <>{say('console.account.seen')} <Ago at={token.last_used_at} /></> : say('console.account.unused')}</p>
                </div>
                {manages && (
                  <Confirm label={say('console.account.revoke')} title={say('console.account.revoke')} does={say('console.account.revoke')} danger run={revoke(token.id)}>
                    <p>{say('console.account.revoke_about', { name: token.name })}</p>
                  </Confirm>
                )}
              </li>
            ))}
          </ul>
        ))}
      </Loaded>
      {manages && <NewToken base={base} permissions={permissions} made={() => void resource.reload()} />}
    </section>
  );
}
