import { useState } from 'preact/hooks';
import { post, put, remove } from '../../api/client';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { Failure } from '../../parts/loaded';
import { asProblem, type Problem } from '../../api/problem';
import { Secret } from '../../parts/secret';
import { recognise } from '../../state/session';
import { say } from '../../words/catalogue';
import { Qr } from '../../qr/qr';
import { proved } from './password';

interface Offered { secret: string; uri: string }

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <div class="form">
      <p><strong>{say('console.account.codes_once')}</strong> {say('console.account.codes_about')}</p>
      <ol class="codes" dir="ltr">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ol>
      <Secret text={codes.join('\n')} label={say('console.account.recovery_codes')} />
    </div>
  );
}

function Enrol({ offered, done }: { offered: Offered; done: (codes: string[]) => void }) {
  const send = async (values: Record<string, string>) =>
    done((await put<{ recovery_codes: string[] }>('/api/v1/me/second-factor', { code: (values['code'] ?? '').replace(/\s/g, '') })).recovery_codes);
  return (
    <Form send={send} submit={say('console.account.turn_on')}>
      {(problem) => (
        <>
          <p>{say('console.account.scan')}</p>
          <Qr text={offered.uri} label={say('console.account.qr')} />
          <p class="soft">{say('console.account.by_hand')} <code class="grouped" dir="ltr">{offered.secret.match(/.{1,4}/g)?.join(' ')}</code></p>
          <TextField name="code" label={say('console.code')} inputmode="numeric" autocomplete="one-time-code" required problem={problem} autofocus />
        </>
      )}
    </Form>
  );
}

/** An authenticator besides the password, and codes for the day when it is lost. */
export function SecondFactor({ on }: { on: boolean }) {
  const [offered, setOffered] = useState<Offered | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const begin = async () => {
    try {
      setOffered(await post<Offered>('/api/v1/me/second-factor'));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const enrolled = (next: string[]) => {
    setOffered(null);
    setCodes(next);
    void recognise();
  };
  const renew = async (values: Record<string, string>) =>
    setCodes((await proved('password', () => post<{ recovery_codes: string[] }>('/api/v1/me/recovery-codes', { password: values['password'] }))).recovery_codes);
  const turnOff = async (values: Record<string, string>) => {
    await proved('password', () => remove('/api/v1/me/second-factor', { body: { password: values['password'] } }));
    setCodes(null);
    await recognise();
  };
  return (
    <section class="card" aria-labelledby="second-factor">
      <header>
        <h2 id="second-factor">{say('console.account.second_factor')}</h2>
        <span class={`badge ${on ? 'n' : 'p'}`}>{say(on ? 'console.account.is_on' : 'console.account.is_off')}</span>
      </header>
      {problem && <Failure problem={problem} />}
      {codes && <RecoveryCodes codes={codes} />}
      {!on && !offered && <><p class="soft">{say('console.account.second_factor_about')}</p><button type="button" class="primary" onClick={() => void begin()}>{say('console.account.set_up')}</button></>}
      {offered && <Enrol offered={offered} done={enrolled} />}
      {on && (
        <>
          <details>
            <summary>{say('console.account.new_codes')}</summary>
            <Form send={renew} submit={say('console.account.new_codes')} reset>
              {(wrong) => <TextField name="password" type="password" label={say('console.account.current_password')} autocomplete="current-password" required problem={wrong} />}
            </Form>
          </details>
          <details>
            <summary>{say('console.account.turn_off')}</summary>
            <Form send={turnOff} submit={say('console.account.turn_off')} danger>
              {(wrong) => <TextField name="password" type="password" label={say('console.account.current_password')} autocomplete="current-password" required problem={wrong} />}
            </Form>
          </details>
        </>
      )}
    </section>
  );
}
