// A real hub with one sign-in provider, and a browser's worth of HTTP: cookies kept by name, no
// redirect followed by itself.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtemp, mkdir, rm, writeFile} from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const kPatience = 30_000;

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  const {port} = server.address();
  await new Promise(done => server.close(done));
  return port;
}

const configuration = (url, issuer) => `
cloud: {name: Example, url: "https://status.example.org"}
territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}
data_centers: {ams1: {name: Amsterdam 1, territory: emea}}
products: {catalog: {name: Catalog}}
instances: {catalog-0: {name: Catalog 0, product: catalog, data_center: ams1}}
sign_in:
  hub_url: "${url}"
  providers:
    staff:
      name: Staff sign-in
      issuer: "${issuer}"
      client_id: nocturn
      client_secret: {env: OIDC_SECRET}
      login_claim: preferred_username
      allow: {domains: [example.org]}
`;

export class Hub {
  static async start(issuer, secret, tls) {
    const hub = new Hub();
    hub.folder = await mkdtemp(path.join(os.tmpdir(), 'nocturn-sign-in-'));
    const port = await freePort();
    hub.url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    await mkdir(path.join(hub.folder, 'config'));
    await writeFile(path.join(hub.folder, 'config', 'cloud.yaml'), configuration(hub.url, issuer));
    hub.process = spawn(process.env.NOCTURN_PROGRAM,
        ['serve', '--config', path.join(hub.folder, 'config'), '--data', hub.data,
         '--listen', `127.0.0.1:${port}`, '--check-answers',
         ...(tls ? ['--tls-certificate', tls.certificate, '--tls-key', tls.key] : [])],
        {env: {...process.env, OIDC_SECRET: secret}, stdio: ['ignore', 'pipe', 'pipe']});
    hub.log = '';
    hub.process.stdout.on('data', text => { hub.log += text; });
    hub.process.stderr.on('data', text => { hub.log += text; });
    const start = Date.now();
    while (!hub.log.includes('ready at')) {
      if (hub.process.exitCode !== null || Date.now() - start > kPatience)
        throw new Error(`the hub does not start: ${hub.log}`);
      await new Promise(done => setTimeout(done, 50));
    }
    return hub;
  }

  get data() { return path.join(this.folder, 'data'); }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise(done => this.process.once('exit', done));
      this.process.kill('SIGTERM');
      const hard = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(hard);
    }
    await rm(this.folder, {recursive: true, force: true});
  }

  // The API as the data folder's owner has it, over the Unix socket.
  async api(method, target, body) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)};
    return new Promise((done, fail) => {
      const request = http.request(
          {socketPath: path.join(this.data, 'hub.sock'), method, path: target, headers}, answer => {
            let received = '';
            answer.on('data', part => { received += part; });
            answer.on('end', () => done({status: answer.statusCode,
                                         body: received === '' ? null : JSON.parse(received)}));
          });
      request.on('error', fail);
      request.end(text);
    });
  }

  async addPerson(login, email) {
    const {status, body} = await this.api('POST', '/api/v1/people',
        {name: `Person ${login}`, email, login, roles: [{role: 'operator'}]});
    assert.equal(status, 201, JSON.stringify(body));
    return body.person;
  }

  async entries(type) {
    const {body} = await this.api('GET', '/api/v1/ledger/entries?from=0&limit=1000');
    return body.entries.filter(entry => entry.type === type);
  }
}

// Debian's Node.js 18 has no getSetCookie(), and tells all in one line; a comma before a name begins
// the next cookie, one inside a date does not.
function cookiesOf(headers) {
  if (headers.getSetCookie) return headers.getSetCookie();
  return (headers.get('set-cookie') ?? '').split(/,\s*(?=[^;,=\s]+=)/).filter(line => line !== '');
}

export class Browser {
  jars = new Map();  // by host and port

  // One request, no redirect followed; fetch keeps no cookies, so this does.
  async go(url, options = {}) {
    const jar = this.jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {redirect: 'manual', ...options,
      headers: {...(cookie === '' ? {} : {cookie}), ...options.headers}});
    for (const line of cookiesOf(answer.headers)) {
      const [pair, ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      const over = attributes.some(one => /^max-age=0$/i.test(one)) || attributes.some(one =>
        /^expires=/i.test(one) && Date.parse(one.slice(8)) < Date.now());
      if (over) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }
  jar(url) {
    const {host} = new URL(url);
    if (!this.jars.has(host)) this.jars.set(host, new Map());
    return this.jars.get(host);
  }
  // Where an answer sends to, as a whole URL.
  static target(answer) {
    assert.ok([302, 303].includes(answer.status), `status ${answer.status} is no redirect`);
    return new URL(answer.headers.get('location'), answer.url).href;
  }
}

// Goes to the provider by the hub's door; answers the provider's address.
export async function begin(browser, hub, returnTo = '/console/people') {
  return Browser.target(await browser.go(
      `${hub.url}/api/v1/session/oidc/staff?return_to=${encodeURIComponent(returnTo)}`));
}

// What the sign-in page is told, or nothing when the browser was let in.
export function problemOf(answer) {
  return new URL(Browser.target(answer)).searchParams.get('problem');
}

export async function session(browser, hub) {
  const answer = await browser.go(`${hub.url}/api/v1/session`);
  return answer.status === 200 ? await answer.json() : null;
}
