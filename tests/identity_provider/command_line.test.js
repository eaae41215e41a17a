// nocturn login, whoami and logout against a hub elsewhere: over TLS, with a certificate of a
// private authority, as a person at a terminal and a program do it.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {Hub} from './hub.js';

const kPassword = 'a long and winding password';
let folder, hub, certificate, home, ada;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'nocturn-login-'));
  home = path.join(folder, 'home');
  await mkdir(home);
  certificate = path.join(folder, 'certificate.pem');
  const key = path.join(folder, 'key.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
    '-subj', '/CN=nocturn test', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', key, '-out', certificate], {stdio: 'ignore'});
  hub = await Hub.start('http://127.0.0.1:1', 's', {certificate, key});
  const made = await hub.api('POST', '/api/v1/people',
      {name: 'Ada', email: 'ada@example.org', login: 'ada', roles: [{role: 'operator'}]});
  const invitation = made.body.invitation_url.split('/').pop();
  ada = await call('POST', `/api/v1/invitations/${invitation}`, {password: kPassword});
  assert.equal(ada.status, 200, JSON.stringify(ada.body));
});
after(async () => {
  await hub?.stop();
  await rm(folder, {recursive: true, force: true});
});

// One request over TLS, as the browser of whoever is signed in.
async function call(method, target, body, signedIn) {
  const headers = {'content-type': 'application/json'};
  if (signedIn) {
    headers.cookie = signedIn.cookies.map(line => line.split(';')[0]).join('; ');
    headers['x-csrf-token'] = signedIn.body.csrf;
  }
  const ca = await readFile(certificate);
  return new Promise((done, fail) => {
    const request = https.request(hub.url + target, {method, headers, ca}, answer => {
      let text = '';
      answer.on('data', part => { text += part; });
      answer.on('end', () => done({status: answer.statusCode, body: text === '' ? null : JSON.parse(text),
                                   cookies: answer.headers['set-cookie'] ?? []}));
    });
    request.on('error', fail);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

// Runs the program where no hub's socket is near; `during` is told what it says meanwhile.
function nocturn(args, {during, at = home, input} = {}) {
  const child = spawn(process.env.NOCTURN_PROGRAM, args,
      {cwd: at, env: {...process.env, HOME: at, XDG_CONFIG_HOME: ''}, stdio: 'pipe'});
  const said = {output: '', errors: '', child};
  child.stdout.on('data', text => { said.output += text; during?.(said); });
  child.stderr.on('data', text => { said.errors += text; });
  child.stdin.end(input ?? '');
  return new Promise(done => child.once('close', code => done({...said, code})));
}

const credentials = () => path.join(home, '.config', 'nocturn', 'credentials');
const kept = async () => Object.values(JSON.parse(await readFile(credentials(), 'utf8')).hubs);

async function loginByDevice() {
  let asked = false;
  return nocturn(['login', '--hub', hub.url, '--ca-file', certificate], {during: async said => {
    const code = /enter {2}(\S+)/.exec(said.output)?.[1];
    if (!code || asked) return;
    asked = true;
    const shown = await call('GET', `/api/v1/devices/${code}`, undefined, ada);
    assert.match(shown.body.client, /^nocturn on /);
    // The command line is anybody's to read while the program waits.
    const line = await readFile(`/proc/${said.child.pid}/cmdline`, 'utf8');
    assert.doesNotMatch(line, /nct_/);
    const approved = await call('POST', `/api/v1/devices/${code}/approval`, undefined, ada);
    assert.ok(approved.status < 300, JSON.stringify(approved.body));
  }});
}

test('whoever is not signed in is told how to', async () => {
  const {code, errors} = await nocturn(['whoami', '--hub', hub.url]);
  assert.equal(code, 4);
  assert.match(errors, /nocturn login --hub https:/);
});

test('without a hub and without a login nothing is reached', async () => {
  const {code, errors} = await nocturn(['status']);
  assert.equal(code, 3);
  assert.match(errors, /^nocturn: no hub found/);
});

test('a person signs in with a short code at a browser', async () => {
  const {code, output, errors} = await loginByDevice();
  assert.equal(code, 0, errors);
  assert.match(output, /signed in to https:\S+ as ada/);
  const [credential] = await kept();
  assert.match(credential.token, /^nct_/);
  assert.ok(!output.includes(credential.token));
  assert.equal((await stat(credentials())).mode & 0o777, 0o600);
});

test('then commands reach the hub elsewhere without another word', async () => {
  const who = await nocturn(['whoami']);
  assert.equal(who.code, 0, who.errors);
  assert.match(who.output, /ada +Ada +token +operator/);
  const status = await nocturn(['status', '--json']);
  assert.ok([0, 1].includes(status.code), status.errors);
  assert.equal(JSON.parse(status.output).rows[0].id, 'catalog-0');
});

test('what the account may not, the command line may not', async () => {
  const {code, errors} = await nocturn(['config', 'apply']);
  assert.equal(code, 4);
  assert.match(errors, /apply_config/);
});

test('a file of tokens that others may read is refused', async () => {
  await chmod(credentials(), 0o644);
  const {code, errors} = await nocturn(['whoami']);
  assert.equal(code, 4);
  assert.match(errors, /others may read/);
  await chmod(credentials(), 0o600);
});

test('a certificate that nobody vouches for is not accepted', async () => {
  const at = path.join(folder, 'other-home');
  await mkdir(at);
  const {code, errors} = await nocturn(['login', '--hub', hub.url], {at});
  assert.equal(code, 3);
  assert.match(errors, /certificate/);
});

test('no token travels in the clear to another machine', async () => {
  for (const url of ['http://192.0.2.1:8080', 'http://hub.example.org', 'ftp://127.0.0.1', 'hub']) {
    const {code} = await nocturn(['login', '--hub', url]);
    assert.equal(code, 2, url);
  }
});

test('signing out revokes the token', async () => {
  const before = path.join(folder, 'credentials-before');
  await copyFile(credentials(), before);
  const {code, output, errors} = await nocturn(['logout']);
  assert.equal(code, 0, errors);
  assert.match(output, /signed out/);
  assert.deepEqual(await kept(), []);
  await copyFile(before, credentials());
  await chmod(credentials(), 0o600);
  const again = await nocturn(['whoami']);
  assert.equal(again.code, 4);
  assert.match(again.errors, /nocturn login/);
});

test('a refused sign-in ends', async () => {
  let asked = false;
  const {code} = await nocturn(['login', '--hub', hub.url, '--ca-file', certificate], {during: said => {
    const shown = /enter {2}(\S+)/.exec(said.output)?.[1];
    if (!shown || asked) return;
    asked = true;
    call('DELETE', `/api/v1/devices/${shown}/approval`, undefined, ada);
  }});
  assert.equal(code, 4);
});

test('a program signs in with the token of a service account', async () => {
  const made = await hub.api('POST', '/api/v1/accounts', {login: 'exporter', roles: [{role: 'viewer'}]});
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const token = await hub.api('POST', `/api/v1/accounts/${made.body.id}/tokens`,
      {name: 'test', scopes: ['read_status', 'own_account'], expires_in_days: 1});
  assert.equal(token.status, 201, JSON.stringify(token.body));
  const file = path.join(folder, 'token');
  await writeFile(file, `${token.body.token}\n`);
  const args = ['login', '--hub', hub.url, '--ca-file', certificate, '--token-file'];
  const {code, output, errors} = await nocturn([...args, file]);
  assert.equal(code, 0, errors);
  assert.match(output, /as exporter/);
  assert.match((await nocturn(['logout'])).output, /goes on until it is revoked/);
  assert.equal((await nocturn([...args, '-'], {input: `${token.body.token}\n`})).code, 0);
  await writeFile(file, 'not a token\n');
  assert.equal((await nocturn([...args, file])).code, 2);
});

test('a hub that is gone is not reached', async () => {
  await hub.stop();
  const {code} = await nocturn(['whoami']);
  assert.equal(code, 3);
});
