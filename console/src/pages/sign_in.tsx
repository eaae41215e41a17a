import { useState } from 'preact/hooks';
import { get, path, post, withQuery } from '../api/client';
import { Problem } from '../api/problem';
import type { Session } from '../api/types';
import { place, to } from '../app/router';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Icon } from '../parts/icon';
import { Page } from '../parts/page';
import { useResource } from '../state/resource';
import { enter } from '../state/session';
import { say, sayNamed } from '../words/catalogue';

interface Providers { providers: { id: string; name: string }[] }

function returnTo(): string {
  if (place.value.path === '/sign-in') return to('/');
  const { path: here, query } = place.value;
  return to(here) + (query.size > 0 ? `?${query}` : '');
}

/** Password, then the code when the account has a second factor; or another house's sign-in. */
export function SignIn() {
  const [codeWanted, setCodeWanted] = useState(false);
  const providers = useResource('providers', (signal) => get<Providers>('/api/v1/session/providers', { signal, signingIn: true }));
  const send = async (values: Record<string, string>) => {
    const { login = '', password = '', code } = values;
    try {
      enter(await post<Session>('/api/v1/session', { login, password, ...(code ? { code } : {}) }, { signingIn: true }));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      if (error.codeRequired && !codeWanted) {
        setCodeWanted(true);
        return;
      }
      throw new Problem(401, error.title, say(codeWanted ? 'console.sign_in.wrong_code' : 'console.sign_in.wrong'), error.faults);
    }
  };
  const refused = place.value.path === '/sign-in' ? place.value.query.get('problem') : null;
  const others = providers.reading.value.data?.providers ?? [];
  return (
    <div class="narrow">
      <Page title={say('console.sign_in.title')}>
        {refused && <div class="failure" role="alert"><Icon name="warning" /><p>{sayNamed('console.sign_in', refused)}</p></div>}
        <Form send={send} submit={say('console.sign_in.submit')} class="card">
          {(problem) => (
            <>
              <TextField name="login" label={say('console.login')} autocomplete="username" required problem={problem} autofocus />
              <TextField name="password" type="password" label={say('console.password')} autocomplete="current-password" required problem={problem} />
              {codeWanted && (
                <TextField name="code" label={say('console.code')} hint={say('console.code_hint')} autocomplete="one-time-code" required autofocus problem={problem} />
              )}
            </>
          )}
        </Form>
        {others.length > 0 && (
          <ul class="providers">
            {others.map(({ id, name }) => (
              <li key={id}><a class="button" href={withQuery(path`/api/v1/session/oidc/${id}`, { return_to: returnTo() })}>{say('console.sign_in.with', { name })}</a></li>
            ))}
          </ul>
        )}
        <p class="soft small">{say('console.sign_in.first')}</p>
      </Page>
    </div>
  );
}
