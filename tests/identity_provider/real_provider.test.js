// Sign-in with oidc-provider, a certified implementation of somebody else's: the whole dance as a
// browser does it, and what the hub says when it is done wrong.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {begin, Browser, freePort, Hub, problemOf, session} from './hub.js';
import {startProvider} from './provider.js';

const kSecret = 'a secret/with: signs';
let hub, issuer, endProvider;

before(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  hub = await Hub.start(issuer, kSecret);
  endProvider = await startProvider(issuer, hub, kSecret);
  await hub.addPerson('ada', 'ada@example.org');
});
after(async () => {
  endProvider?.();
  await hub?.stop();
});

// The provider's own pages: its development forms for sign-in and consent. Ends with the address
// that the browser is sent back to.
async function consent(browser, address, login) {
  for (let step = 0; step < 12; ++step) {
    if (address.startsWith(hub.url)) return address;
    const answer = await browser.go(address);
    if (answer.status !== 200) {
      address = Browser.target(answer);
      continue;
    }
    const page = await answer.text();
    const action = new URL(/action="([^"]+)"/.exec(page)[1], address).href;
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)[1];
    address = Browser.target(await browser.go(action, {
      method: 'POST', headers: {'content-type': 'application/x-www-form-urlencoded'},
      body: new URLSearchParams({prompt, login, password: 'x'}).toString()}));
  }
  throw new Error('the provider asks for ever');
}

async function signIn(browser, login) {
  return browser.go(await consent(browser, await begin(browser, hub), login));
}

test('somebody with an account signs in and comes back to where it began', async () => {
  const browser = new Browser();
  const answer = await signIn(browser, 'sub-ada');
  assert.equal(Browser.target(answer), `${hub.url}/console/people`);
  const opened = await session(browser, hub);
  assert.equal(opened.account.login, 'ada');
  assert.equal(opened.method, 'oidc');
  assert.deepEqual([...browser.jar(hub.url).keys()].filter(name => name.includes('sign-in')), []);
  assert.equal((await hub.entries('identity.account.linked')).length, 1);
});

test('the second time nothing is linked anew', async () => {
  assert.equal(problemOf(await signIn(new Browser(), 'sub-ada')), null);
  assert.equal((await hub.entries('identity.account.linked')).length, 1);
});

test('somebody else with the same login does not get the account', async () => {
  const browser = new Browser();
  assert.equal(problemOf(await signIn(browser, 'sub-eve')), 'no_account');
  assert.equal(await session(browser, hub), null);
});

test('somebody without an account is not let in, and none is made', async () => {
  assert.equal(problemOf(await signIn(new Browser(), 'sub-bob')), 'no_account');
  const {body} = await hub.api('GET', '/api/v1/people?q=bob');
  assert.deepEqual(body.people, []);
});

test('somebody of another domain is not let in', async () => {
  await hub.addPerson('far', 'far@example.net');
  assert.equal(problemOf(await signIn(new Browser(), 'sub-far')), 'not_allowed');
});

test('an answer is taken once', async () => {
  const browser = new Browser();
  const back = await consent(browser, await begin(browser, hub), 'sub-ada');
  const before = new Map(browser.jar(hub.url));
  assert.equal(problemOf(await browser.go(back)), null);
  const again = new Browser();
  again.jars.set(new URL(hub.url).host, before);
  assert.equal(problemOf(await again.go(back)), 'expired');
  assert.equal(await session(again, hub), null);
});

test('an answer with another state, or in another browser, is not taken', async () => {
  const browser = new Browser();
  const back = new URL(await consent(browser, await begin(browser, hub), 'sub-ada'));
  assert.equal(problemOf(await new Browser().go(back.href)), 'expired');
  back.searchParams.set('state', back.searchParams.get('state').replace(/^./, 'x'));
  assert.equal(problemOf(await browser.go(back.href)), 'expired');
});

test('a code of another sign-in is refused by the provider, as the verifier is another', async () => {
  const thief = new Browser(), victim = new Browser();
  const stolen = new URL(await consent(victim, await begin(victim, hub), 'sub-ada'));
  const own = new URL(await consent(thief, await begin(thief, hub), 'sub-bob'));
  own.searchParams.set('code', stolen.searchParams.get('code'));
  assert.equal(problemOf(await thief.go(own.href)), 'refused');
  assert.equal(await session(thief, hub), null);
});

test('an answer that names another issuer, or none, is not taken', async () => {
  for (const change of [url => url.searchParams.set('iss', 'https://evil.example'),
                        url => url.searchParams.delete('iss')]) {
    const browser = new Browser();
    const back = new URL(await consent(browser, await begin(browser, hub), 'sub-ada'));
    change(back);
    assert.equal(problemOf(await browser.go(back.href)), 'provider_wrong');
  }
});

test('whoever says no at the provider is told so', async () => {
  const browser = new Browser();
  const page = await begin(browser, hub);
  const asked = await browser.go(Browser.target(await browser.go(page)));
  const abort = /href="([^"]+\/abort)"/.exec(await asked.text())[1];
  const resumed = Browser.target(await browser.go(new URL(abort, issuer).href));
  const back = Browser.target(await browser.go(resumed));
  assert.equal(problemOf(await browser.go(back)), 'refused');
});

test('nobody is sent to another site after the sign-in', async () => {
  for (const place of ['https://evil.example/', '//evil.example/console/', '/console/\\evil']) {
    const browser = new Browser();
    const back = await consent(browser, await begin(browser, hub, place), 'sub-ada');
    assert.equal(Browser.target(await browser.go(back)), `${hub.url}/console/`);
  }
});

test('a disabled account stays outside', async () => {
  const {body} = await hub.api('GET', '/api/v1/people?q=ada');
  const account = body.people[0].accounts[0];
  const disabled = await hub.api('PUT', `/api/v1/accounts/${account.id}/disabled`, {disabled: true});
  assert.equal(disabled.status, 200, JSON.stringify(disabled.body));
  assert.equal(problemOf(await signIn(new Browser(), 'sub-ada')), 'no_account');
});

test('the ledger tells who was refused, and why', async () => {
  const told = await hub.entries('identity.sign_in.failed');
  const words = new Set(told.map(entry => entry.payload.why));
  assert.deepEqual([...words].sort(),
                   ['expired', 'no_account', 'not_allowed', 'provider_wrong', 'refused']);
  assert.match(told[0].object, /^account\//);  // the newest: the disabled one's
  assert.ok(told.some(entry => entry.object === 'sign-in/nobody'));
});

test('no secret, code or token stands in the log', async () => {
  for (const secret of [kSecret, encodeURIComponent(kSecret), 'code=', 'Bearer', 'eyJ'])
    assert.ok(!hub.log.includes(secret), secret);
});
