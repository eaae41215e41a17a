// A static copy in a real browser, served by nginx after the hub was killed: it says how old it is in
// the reader's language, loads nothing from the hub, and shows a newer copy when there is one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startHub } from './hub.js';
import { openBrowser } from './site.js';
import { markupChecker, pageRules } from './markup.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = mkdtempSync(join(tmpdir(), 'nocturn-copy-'));
const copy = join(folder, 'copy/current');
const pictures = process.env.NOCTURN_PICTURES; // a folder for screenshots, or nothing
let hub, nginx, browser, url;

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
const until = async (seen, what) => {
  for (let tries = 0; tries < 600; tries += 1) {
    if (seen()) return;
    await pause(100);
  }
  throw new Error(`never seen: ${what}`);
};

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

async function startNginx() {
  const port = await freePort();
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; pid ${folder}/pid; error_log stderr;
events {}
http { access_log off; ${places}
  server { listen 127.0.0.1:${port}; root ${copy}; index index.html; charset utf-8; absolute_redirect off;
    types { text/html html; text/javascript js; application/json json; image/svg+xml svg; }
    charset_types text/html text/javascript; add_header Cache-Control no-cache; } }
`);
  nginx = spawn('/usr/sbin/nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    try { return await fetch(`${url}/status.json`); } catch { await pause(100); }
  }
  throw new Error('nginx does not answer');
}

// The copy as if it had been made so many minutes ago: the stamp of every page, and of status.json.
function age(minutes) {
  const real = JSON.parse(readFileSync(join(copy, 'status.json'), 'utf8')).generated_at;
  const then = new Date(Date.now() - minutes * 60000).toISOString().replace(/\.\d+Z/, 'Z');
  const files = readdirSync(realpathSync(copy), { recursive: true }).filter((name) => /\.html$|^status\.json$/.test(name));
  for (const name of files) {
    const path = join(realpathSync(copy), name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(real, then).replaceAll(`${real.slice(11, 19)} UTC`, `${then.slice(11, 19)} UTC`));
  }
}

const visit = async (path, options = {}) => {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.faults = [];
  page.asked = [];
  page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()));
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('request', (request) => page.asked.push(request.url()));
  await page.goto(url + path);
  return page;
};

const paths = ['/', '/he/', '/instances/catalog-eu01/', '/he/instances/catalog-eu01/', '/single-tenant/'];

before(async () => {
  chmodSync(folder, 0o755);
  hub = await startHub();
  mkdirSync(join(folder, 'copy'));
  hub.edit((text) => `${text}status_page: {publish: {here: {folder: ${join(folder, 'copy')}}}}\n`);
  await until(() => existsSync(join(copy, 'status.json')), 'a copy');
  await until(() => /Operating normally/.test(readFileSync(join(copy, 'index.html'), 'utf8')), 'a measured state');
  await startNginx();
  hub.kill();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  nginx?.kill();
  await hub?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a young copy says when it was made, and nothing of trouble', async () => {
  age(1);
  for (const path of paths) {
    const page = await visit(path);
    const note = page.locator('#copy');
    assert.match(await note.innerText(), /\d\d:\d\d:\d\d UTC/);
    assert.equal(await note.locator('strong').innerText(), '', path);
    assert.equal(await note.evaluate((each) => each.classList.contains('stale')), false);
    assert.deepEqual(page.faults, [], path);
    if (pictures) await page.screenshot({ path: join(pictures, `copy-young-${path.replaceAll('/', '_')}.png`) });
    for (const asked of page.asked) assert.ok(asked.startsWith(url), `${path} asks ${asked}`);
    await page.context().close();
  }
});

test('an old copy says how old it is, in the language of the page', async () => {
  age(12);
  const looks = [
    { name: 'wide', viewport: { width: 1280, height: 900 } },
    { name: 'phone', viewport: { width: 360, height: 780 } },
  ];
  for (const { name, viewport } of looks) {
    for (const path of paths) {
      const page = await visit(path, { viewport });
      const note = page.locator('#copy.stale strong');
      await note.waitFor();
      assert.match(await note.innerText(), path.startsWith('/he') ? /לפני 12 דקות/ : /This copy was made 12 minutes ago/);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(content <= window, `${path}: ${content} > ${window}`);
      assert.deepEqual(page.faults, [], path);
      if (pictures) await page.screenshot({ path: join(pictures, `copy-${name}-${path.replaceAll('/', '_')}.png`) });
      await page.context().close();
    }
  }
});

test('without script it states its time and what that means', async () => {
  const page = await visit('/', { javaScriptEnabled: false });
  assert.match(await page.locator('#copy').innerText(), /A copy of the status page, made .*\d\d:\d\d:\d\d UTC.*Older than five minutes\?/);
  await page.context().close();
});

test('the reader is led from page to page inside the copy', async () => {
  const page = await visit('/');
  await page.getByRole('link', { name: 'Catalog EU01' }).first().click();
  await page.waitForURL(`${url}/instances/catalog-eu01/index.html`);
  await page.locator('a[hreflang=he]').click();
  await page.waitForURL(`${url}/he/instances/catalog-eu01/index.html`);
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  await page.locator('a.brand').click();
  await page.waitForURL(`${url}/he/index.html`);
  await page.context().close();
});

test('a newer copy is shown by itself, also when the server gives it the tag of the older one', async () => {
  age(12);
  const page = await visit('/');
  await page.locator('#copy.stale').waitFor();
  const { atime, mtime } = statSync(join(copy, 'index.html'));
  age(0);
  utimesSync(join(copy, 'index.html'), atime, mtime); // nginx makes the tag of this and the size
  const { generated_at: made } = JSON.parse(readFileSync(join(copy, 'status.json'), 'utf8'));
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.locator(`#copy:not(.stale) time[datetime="${made}"]`).waitFor({ state: 'attached' });
  await page.context().close();
});

test('its pages are valid and accessible', async () => {
  age(12);
  const faultsOf = markupChecker(pageRules);
  for (const path of paths) {
    assert.deepEqual(await faultsOf(readFileSync(join(copy, path, 'index.html'), 'utf8')), [], path);
    const page = await visit(path);
    await page.locator('#copy.stale').waitFor();
    // The page's own policy refuses the injected script; axe is evaluated by the debugger instead.
    await page.evaluate(readFileSync(axe, 'utf8'));
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 2).join(' | ')}`), [], path);
    await page.context().close();
  }
});
