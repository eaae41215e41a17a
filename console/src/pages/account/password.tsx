import { put } from '../../api/client';
import { Problem } from '../../api/problem';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { notify } from '../../parts/notice';
import { say } from '../../words/catalogue';

export const shortestPassword = 12;

/** Two equal passwords, or a problem next to the second. */
export function chosenPassword(values: Record<string, string>): string {
  const { new: next = '', again = '' } = values;
  if (next !== again) throw new Problem(400, 'invalid', say('console.account.differ'), [{ path: 'again', what: say('console.account.differ') }]);
  return next;
}

export function NewPassword({ problem, name = 'new' }: { problem: Problem | null; name?: string }) {
  return (
    <>
      <TextField name={name} type="password" label={say('console.account.new_password')} hint={say('console.account.password_hint', { count: shortestPassword })} autocomplete="new-password" required problem={problem} />
      <TextField name="again" type="password" label={say('console.account.again')} autocomplete="new-password" required problem={problem} />
    </>
  );
}

/** What `send` answers; that the present password was wrong is told next to its field. */
export async function proved<T>(field: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 403) throw error;
    throw new Problem(400, 'invalid', say('console.account.wrong_password'), [{ path: field, what: say('console.account.wrong_password') }]);
  }
}

export function Password({ changed }: { changed: () => void }) {
  const send = async (values: Record<string, string>) => {
    const next = chosenPassword(values), tokens = 'revoke_tokens' in values;
    await proved('current', () => put('/api/v1/me/password', { current: values['current'], new: next, revoke_tokens: tokens }));
    notify(say(tokens ? 'console.account.password_changed_all' : 'console.account.password_changed'));
    changed();
  };
  return (
    <section class="card" aria-labelledby="password">
      <h2 id="password">{say('console.password')}</h2>
      <Form send={send} submit={say('console.account.change_password')} reset>
        {(problem) => (
          <>
            <TextField name="current" type="password" label={say('console.account.current_password')} autocomplete="current-password" required problem={problem} />
            <NewPassword problem={problem} />
            <label class="checkbox"><input type="checkbox" name="revoke_tokens" /> <span>{say('console.account.revoke_tokens')}</span></label>
          </>
        )}
      </Form>
    </section>
  );
}
