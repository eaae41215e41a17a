// Providers that lie, are late or are not there: a small one of our own, wrong in one thing a test.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import {after, before, beforeEach, test} from 'node:test';
import {begin, Browser, freePort, Hub, problemOf, session} from './hub.js';

const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url');
const keys = crypto.generateKeyPairSync('rsa', {modulusLength: 2048});
const otherKeys = crypto.generateKeyPairSync('rsa', {modulusLength: 2048});
let hub, server, issuer, port, nonce, wrong;

function idToken() {
  const now = Math.floor(Date.now() / 1000);
  const header = {alg: 'RS256', kid: 'one', ...wrong.header};
  const claims = {iss: issuer, aud: 'nocturn', sub: 'sub-ada', preferred_username: 'ada', name: 'Ada',
                  email: 'ada@example.org', email_verified: true, iat: now, exp: now + 60, nonce,
                  ...wrong.claims};
  const text = `${base64url(header)}.${base64url(claims)}`;
  if (header.alg === 'none') return `${text}.`;
  if (header.alg === 'HS256') {
    const pem = keys.publicKey.export({type: 'spki', format: 'pem'});
    return `${text}.${crypto.createHmac('sha256', pem).update(text).digest('base64url')}`;
  }
  return `${text}.${crypto.sign('sha256', text, (wrong.keys ?? keys).privateKey).toString('base64url')}`;
}

function answer(request, response) {
  const json = (body, status = 200) => {
    response.writeHead(status, {'content-type': 'application/json'});
    response.end(JSON.stringify(body));
  };
  const {pathname} = new URL(request.url, issuer);
  if (wrong.silent === pathname) return;
  if (wrong.huge === pathname) return json({filler: 'x'.repeat(2_000_000)});
  if (wrong.redirect === pathname) {
    response.writeHead(302, {location: `${issuer}/elsewhere`});
    return response.end();
  }
  switch (pathname) {
    case '/.well-known/openid-configuration':
      return json({issuer: wrong.issuer ?? issuer, authorization_endpoint: `${issuer}/authorize`,
                   token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`,
                   response_types_supported: ['code'],
                   id_token_signing_alg_values_supported: ['RS256']});
    case '/keys':
      return json({keys: [{...keys.publicKey.export({format: 'jwk'}), kid: 'one', use: 'sig'}]});
    case '/token':
      return json({token_type: 'Bearer', access_token: 'x', id_token: idToken()});
    default:
      return json({error: 'not_found'}, 404);
  }
}

async function listen() {
  server = http.createServer(answer).listen(port, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
}
async function fallSilent() {
  server.closeAllConnections();
  await new Promise(done => server.close(done));
}

// A hub of its own for what is remembered for an hour.
async function withFreshHub(work) {
  const own = await Hub.start(issuer, 's');
  try {
    await work(own);
  } finally {
    await own.stop();
  }
}

// To the provider, where nobody is asked anything; answers the address that leads back.
async function visitProvider(browser, where = hub) {
  const authorize = new URL(await begin(browser, where));
  nonce = authorize.searchParams.get('nonce');
  const back = new URL(authorize.searchParams.get('redirect_uri'));
  back.searchParams.set('code', 'a-code');
  back.searchParams.set('state', authorize.searchParams.get('state'));
  return back.href;
}

async function signIn(browser, where = hub) {
  return browser.go(await visitProvider(browser, where));
}

before(async () => {
  port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  wrong = {};
  await listen();
  hub = await Hub.start(issuer, 's');
  await hub.addPerson('ada', 'ada@example.org');
});
beforeEach(() => { wrong = {}; });
after(async () => {
  server?.closeAllConnections();
  server?.close();
  await hub?.stop();
});

test('the provider of this test lets people in when nothing is wrong', async () => {
  const browser = new Browser();
  assert.equal(problemOf(await signIn(browser)), null);
  assert.equal((await session(browser, hub)).account.login, 'ada');
});

const now = () => Math.floor(Date.now() / 1000);
const lies = {
  'a nonce of another sign-in': () => ({claims: {nonce: 'another'}}),
  'no nonce': () => ({claims: {nonce: undefined}}),
  'a token for another client': () => ({claims: {aud: 'another'}}),
  'a token issued to another client': () => ({claims: {azp: 'another'}}),
  'a token of another issuer': () => ({claims: {iss: 'https://evil.example'}}),
  'an expired token': () => ({claims: {exp: now() - 301}}),
  'a token of tomorrow': () => ({claims: {iat: now() + 86_400, exp: now() + 90_000}}),
  'a signature by another key': () => ({keys: otherKeys}),
  'a key id that nobody has': () => ({header: {kid: 'two'}}),
  'no signature': () => ({header: {alg: 'none'}}),
  'the public key as a shared secret': () => ({header: {alg: 'HS256'}}),
  'its key inside the token': () => (
      {keys: otherKeys, header: {jwk: otherKeys.publicKey.export({format: 'jwk'})}}),
  'an access token in the place of the ID token': () => ({header: {typ: 'at+jwt'}}),
  'an endless token answer': () => ({huge: '/token'}),
  'a token endpoint somewhere else': () => ({redirect: '/token'}),
};
for (const [lie, how] of Object.entries(lies)) {
  test(`${lie} lets nobody in`, async () => {
    wrong = how();
    const browser = new Browser();
    assert.equal(problemOf(await signIn(browser)), 'provider_wrong');
    assert.equal(await session(browser, hub), null);
  });
}

test('a provider that does not answer costs a bounded time', async () => {
  wrong = {silent: '/token'};
  const start = Date.now();
  assert.equal(problemOf(await signIn(new Browser())), 'provider_unavailable');
  assert.ok(Date.now() - start < 20_000);
});

test('while sign-ins wait for a slow provider, the hub answers others', async () => {
  const ways = [];  // one after another: setting out takes a turn at the provider, too
  for (const browser of Array.from({length: 6}, () => new Browser()))
    ways.push([browser, await visitProvider(browser)]);
  wrong = {silent: '/token'};
  const waiting = ways.map(([browser, back]) => browser.go(back));
  await new Promise(done => setTimeout(done, 1_000));
  const start = Date.now();
  assert.equal((await fetch(`${hub.url}/healthz`)).status, 200);
  assert.ok(Date.now() - start < 2_000);
  const problems = (await Promise.all(waiting)).map(problemOf).sort();
  assert.deepEqual([...new Set(problems)], ['busy', 'provider_unavailable']);
});

test('a provider that says it is another one is not believed', async () => {
  wrong = {issuer: 'https://evil.example'};
  await withFreshHub(async own => {
    const answered = await new Browser().go(`${own.url}/api/v1/session/oidc/staff`);
    assert.equal(problemOf(answered), 'provider_wrong');
  });
});

test('a provider that is down is told, and asked again later', async () => {
  await fallSilent();
  await withFreshHub(async own => {
    const door = `${own.url}/api/v1/session/oidc/staff`;
    assert.equal(problemOf(await new Browser().go(door)), 'provider_unavailable');
    await listen();
    await new Promise(done => setTimeout(done, 5_500));
    assert.ok((await begin(new Browser(), own)).startsWith(`${issuer}/authorize?`));
  });
});
