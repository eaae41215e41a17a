// A real hub in a folder of its own: a cloud, small or of 1,000 instances, whose service the test
// holds in its hands, and a way in as the local operator, by the hub's socket. Gone when the process
// ends.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { here } from './site.js';

const listen = (server, port = 0) => new Promise((done) => server.listen(port, '127.0.0.1', () => done(server.address().port)));

// What all checks ask: it answers, or is down, all of it or what lies below some paths.
async function startService() {
  const state = { works: true, broken: [] };
  const server = createServer((request, response) => {
    const works = state.works && !state.broken.some((path) => request.url.startsWith(path));
    response.writeHead(works ? 200 : 503, { 'content-type': 'text/plain' }).end(works ? 'found 3\n' : 'out of order\n');
  });
  return { state, port: await listen(server), close: () => { server.closeAllConnections(); server.close(); } };
}

const smallCloud = (port) => `cloud: {name: Example Library Cloud, url: "https://status.example.org"}
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

/** Writes the configuration of 1,000 instances, one check each at /INSTANCE/0, into the folder. */
export function largeCloud(folder, port) {
  execFileSync('python3', [join(here, '../../bench/large_cloud.py'), '--instances', '1000', '--checks', '1000',
    '--every', '5m', '--confirm', '{failures: 1}', '--url', `http://127.0.0.1:${port}`, folder]);
}

// Everything that the browser asks goes through the hub's socket, where the asker is the machine's
// own operator. The Host stays the browser's.
export async function throughSocket(socketPath) {
  let cut = false;
  const server = createServer((request, response) => {
    if (cut) return response.destroy();
    const onward = send({ socketPath, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () => { cut = true; server.closeAllConnections(); },
    mend: () => { cut = false; },
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

// One run of the program; wait() answers once it has said what matches.
function launch(folder, address) {
  const program = process.env.NOCTURN_PROGRAM ?? join(here, '../../build/dev/bin/nocturn');
  const running = spawn(program, ['serve', '--config', join(folder, 'config'), '--data', join(folder, 'data'), '--listen', address], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  running.stdout.on('data', (text) => (said += text));
  running.stderr.on('data', (text) => (said += text));
  const over = new Promise((done) => running.once('exit', done));
  const wait = async (pattern) => {
    for (let tries = 0; tries < 1200; tries += 1) {
      const found = pattern.exec(said);
      if (found) return found;
      if (running.exitCode !== null) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the hub did not say ${pattern}:\n${said}`);
  };
  return {
    wait,
    kill: () => running.kill('SIGKILL'),
    end: async () => {
      running.kill('SIGTERM');
      await over;
    },
  };
}

/** `write` puts the configuration of a cloud into a folder; the usual one is small, with `more` of it. */
export async function startHub({ write, more = '', broken = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'nocturn-console-'));
  const service = await startService();
  service.state.broken = broken;
  const file = join(folder, 'config/cloud.yaml');
  mkdirSync(join(folder, 'config'));
  if (write) write(join(folder, 'config'), service.port);
  else writeFileSync(file, smallCloud(service.port) + more);
  const ready = /ready at (http:\/\/\S+?)\/?\s/;
  let running = launch(folder, '127.0.0.1:0');
  process.on('exit', () => {
    running.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const [, url] = await running.wait(ready);
  const operator = await throughSocket(join(folder, 'data/hub.sock'));
  return {
    url, // of the public, where one signs in
    operator: operator.url, // of the machine's operator
    service: service.state,
    cut: operator.cut, // the operator's way to the hub
    mend: operator.mend,
    invitation: async () => (await running.wait(/(\/console\/invitations\/\S+)/))[1],
    edit: (change) => writeFileSync(file, change(readFileSync(file, 'utf8'))),
    // The same address and data; `meanwhile` is done while there is no hub.
    restart: async (meanwhile) => {
      await running.end();
      await meanwhile();
      running = launch(folder, new URL(url).host);
      await running.wait(ready);
    },
    kill: () => running.kill(), // kill -9
    stop: async () => {
      operator.close();
      service.close();
      await running.end();
    },
  };
}
