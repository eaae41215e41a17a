import { useState } from 'preact/hooks';
import { get, path, post, remove } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import { place, setQuery } from '../app/router';
import { TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Failure, Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { useResource } from '../state/resource';
import { say } from '../words/catalogue';

interface Request { client: string; address: string; expires_at: string }

function Decision({ code }: { code: string }) {
  const resource = useResource(code, (signal) => get<Request>(path`/api/v1/devices/${code}`, { signal }));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [done, setDone] = useState<'approved' | 'denied' | null>(null);
  const approve = async () => {
    await post(path`/api/v1/devices/${code}/approval`);
    setDone('approved');
  };
  const deny = async () => {
    try {
      await remove(path`/api/v1/devices/${code}/approval`);
      setDone('denied');
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const another = () => setQuery({ code: '' });
  if (done) return <p class="card" role="status">{say(`console.device.${done}`)}</p>;
  return (
    <>
      <Loaded resource={resource}>
        {(request) => (
          <section class="card" aria-label={say('console.device.title')}>
            <p>{say('console.device.asks')}</p>
            <dl class="facts">
              <div><dt>{say('console.device.client')}</dt><dd><bdi>{request.client}</bdi></dd></div>
              <div><dt>{say('console.device.address')}</dt><dd><bdi>{request.address}</bdi></dd></div>
              <div><dt>{say('console.device.code')}</dt><dd><code>{code}</code></dd></div>
              <div><dt>{say('console.device.until')}</dt><dd><When at={request.expires_at} style="clock" /></dd></div>
            </dl>
            <p class="soft">{say('console.device.care')}</p>
            {problem && <Failure problem={problem} />}
            <Form send={approve} submit={say('console.device.approve')} others={<button type="button" onClick={() => void deny()}>{say('console.device.deny')}</button>}>{() => null}</Form>
          </section>
        )}
      </Loaded>
      {resource.reading.value.problem && <p class="spaced"><button type="button" onClick={another}>{say('console.device.another')}</button></p>}
    </>
  );
}

/** Lets a command line in that shows a code. */
export function Device() {
  const code = place.value.query.get('code') ?? '';
  return (
    <div class="narrow">
      <Page title={say('console.device.title')}>
        {code ? <Decision key={code} code={code} /> : (
          <Form send={async (values) => setQuery({ code: (values['code'] ?? '').trim().toUpperCase() })} submit={say('console.device.next')} class="card">
            {(problem) => <TextField name="code" label={say('console.device.code')} hint={say('console.device.code_hint')} required autofocus problem={problem} />}
          </Form>
        )}
      </Page>
    </div>
  );
}
