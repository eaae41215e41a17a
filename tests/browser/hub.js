// A real hub in a folder of its own: a small cloud whose service the test holds in its hands, and
// a way in as the local operator, by the hub's socket. Gone when the process ends.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { here } from './site.js';

const listen = (server, port = 0) => new Promise((done) => server.listen(port, '127.0.0.1', () => done(server.address().port)));

// A catalogue that answers, slowly or not, or is down.
async function startService() {
  const state = { works: true };
  const server = createServer((request, response) => {
    response.writeHead(state.works ? 200 : 503, { 'content-type': 'text/plain' }).end(state.works ? 'found 3\n' : 'out of order\n');
  });
  return { state, port: await listen(server), close: () => { server.closeAllConnections(); server.close(); } };
}

const configuration = (port) => `cloud: {name: Example Library Cloud, url: "https://status.example.org"}
territories:
  emea: {name: Europe, time_zone: Europe/Amsterdam}
  na: {name: North America, time_zone: America/Chicago}
data_centers:
  ams1: {name: Amsterdam 1, territory: emea, role: primary}
  ord1: {name: Chicago 1, territory: na, role: primary}
products: {catalog: {name: Catalog}, discovery: {name: Discovery}}
instances:
  catalog-eu01:
    name: Catalog EU01
    product: catalog
    data_center: ams1
    tenancy: multi
    environment: production
    checks:
      search:
        http: {url: "http://127.0.0.1:${port}/search", expect: {status: 200, body_contains: found}}
        every: 1s
        layer: transaction
        confirm: {failures: 2, recoveries: 1, retry: 200ms}
  catalog-us01: {name: Catalog US01, product: catalog, data_center: ord1, tenancy: multi, environment: production}
  discovery-eu01: {name: Discovery EU01, product: discovery, data_center: ams1, tenancy: multi, environment: production}
`;

// Everything that the browser asks goes through the hub's socket, where the asker is the machine's
// own operator. The Host stays the browser's.
export async function throughSocket(socketPath) {
  const server = createServer((request, response) => {
    const onward = send({ socketPath, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

export async function startHub() {
  const program = process.env.NOCTURN_PROGRAM ?? join(here, '../../build/dev/bin/nocturn');
  const folder = mkdtempSync(join(tmpdir(), 'nocturn-console-'));
  const service = await startService();
  const file = join(folder, 'config/cloud.yaml');
  mkdirSync(join(folder, 'config'));
  writeFileSync(file, configuration(service.port));
  const process_ = spawn(program, ['serve', '--config', join(folder, 'config'), '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  process_.stdout.on('data', (text) => (said += text));
  process_.stderr.on('data', (text) => (said += text));
  process.on('exit', () => {
    process_.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const wait = async (pattern) => {
    for (let tries = 0; tries < 1200; tries += 1) {
      const found = pattern.exec(said);
      if (found) return found;
      if (process_.exitCode !== null) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the hub did not say ${pattern}:\n${said}`);
  };
  const [, url] = await wait(/ready at (http:\/\/\S+?)\/?\s/);
  const operator = await throughSocket(join(folder, 'data/hub.sock'));
  return {
    url, // of the public, where one signs in
    operator: operator.url, // of the machine's operator
    service: service.state,
    invitation: async () => (await wait(/(\/console\/invitations\/\S+)/))[1],
    edit: (change) => writeFileSync(file, change(readFileSync(file, 'utf8'))),
    stop: async () => {
      operator.close();
      service.close();
      process_.kill('SIGTERM');
      await new Promise((done) => process_.once('exit', done));
    },
  };
}
