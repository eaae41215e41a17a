import { get, path, post } from '../api/client';
import type { Session } from '../api/types';
import { go, to } from '../app/router';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { useResource } from '../state/resource';
import { enter } from '../state/session';
import { say } from '../words/catalogue';
import { NewPassword, chosenPassword } from './account/password';

interface Offer { kind: 'first' | 'invitation' | 'reset'; login: string | null; name: string | null; expires_at: string }

/** Behind a one-time link: choose a password, and be in. */
export function Invitation({ token }: { token: string }) {
  const resource = useResource(token, (signal) => get<Offer>(path`/api/v1/invitations/${token}`, { signal, signingIn: true }));
  const send = async (values: Record<string, string>) => {
    const password = chosenPassword({ new: values['password'] ?? '', again: values['again'] ?? '' });
    const { login, name, code } = values;
    const session = await post<Session>(path`/api/v1/invitations/${token}`, { password, ...(login ? { login } : {}), ...(name ? { name } : {}), ...(code ? { code } : {}) }, { signingIn: true });
    go('/', 'replace');
    enter(session);
  };
  return (
    <div class="narrow">
      <Page title={say('console.invitation.title')}>
        <Loaded resource={resource}>
          {(offer) => (
            <Form send={send} submit={say('console.invitation.submit')} class="card">
              {(problem) => (
                <>
                  <p>{say(`console.invitation.${offer.kind}`, { name: offer.name ?? '', login: offer.login ?? '' })}</p>
                  {offer.kind === 'first' && (
                    <>
                      <TextField name="name" label={say('console.people.name')} autocomplete="name" required problem={problem} autofocus />
                      <TextField name="login" label={say('console.login')} autocomplete="username" hint={say('console.people.login_hint')} required problem={problem} />
                    </>
                  )}
                  <NewPassword problem={problem} name="password" />
                  {problem?.codeRequired && <TextField name="code" label={say('console.code')} hint={say('console.code_hint')} autocomplete="one-time-code" required autofocus problem={problem} />}
                  <p class="soft small">{say('console.invitation.until')} <When at={offer.expires_at} style="full" /></p>
                </>
              )}
            </Form>
          )}
        </Loaded>
        <p><a href={to('/')}>{say('console.sign_in.title')}</a></p>
      </Page>
    </div>
  );
}
