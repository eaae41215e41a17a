// Serves the pages that nocturn_page_sample wrote, with the headers they are served with.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const here = fileURLToPath(new URL('.', import.meta.url));
const types = { html: 'text/html; charset=utf-8', svg: 'image/svg+xml', js: 'text/javascript', json: 'application/json' };

// What a sample program writes, in a folder of its own; gone when the process ends.
function written(program) {
  const folder = mkdtempSync(join(tmpdir(), 'nocturn-sample-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync(program, [folder]);
  return folder;
}
const built = (name) => join(here, `../../build/dev/bin/${name}`);
export const writePages = () => written(process.env.NOCTURN_PAGE_SAMPLE ?? built('nocturn_page_sample'));
export const writeLetters = () => written(process.env.NOCTURN_LETTER_SAMPLE ?? built('nocturn_letter_sample'));

// "/instances/x?lang=he" is the file instances/x.he.html.
export function fileOf(target) {
  const url = new URL(target, 'http://localhost');
  const lang = url.searchParams.get('lang');
  let path = url.pathname.slice(1);
  if (path === '' || path.endsWith('/')) path += 'index';
  if (!/\.\w+$/.test(path)) path += `${lang ? '.' + lang : ''}.html`;
  return path;
}

export async function serve(folder) {
  const headers = JSON.parse(await readFile(join(folder, 'headers.json'), 'utf8'));
  const streams = new Set();
  const server = createServer(async (request, response) => {
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':\n\n');
      streams.add(response);
      return;
    }
    try {
      const path = fileOf(request.url);
      const body = await readFile(join(folder, path));
      const type = types[path.split('.').pop()] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, ...(path.endsWith('.html') ? headers : {}) });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    tell: (name, data) => streams.forEach((s) => s.write(`event: ${name}\ndata: ${data}\n\n`)),
    close: () => { streams.forEach((s) => s.end()); server.closeAllConnections(); server.close(); },
  };
}

export const openBrowser = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
