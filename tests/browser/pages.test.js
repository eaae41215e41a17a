// The public pages in a real browser: accessible, valid, complete without script, light, alive.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openBrowser, serve, writePages } from './site.js';
import { markupChecker, pageRules } from './markup.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = writePages();
const pages = [
  '/', '/?lang=he', '/single-tenant', '/instances/discovery-eu01', '/instances/linkresolver-ap01',
  '/instances/catalog-eu01?lang=he',
];
const looks = [
  { name: 'wide', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 360, height: 780 } },
  { name: 'dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'dark phone', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
];
let browser, sample, quiet, large;

before(async () => {
  [browser, sample, quiet, large] = await Promise.all([
    openBrowser(), serve(join(folder, 'sample')), serve(join(folder, 'quiet')), serve(join(folder, 'large')),
  ]);
});
after(async () => {
  await browser?.close();
  for (const site of [sample, quiet, large]) site?.close();
});

const visit = async (url, options = {}) => {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  context.setDefaultTimeout(120_000); // a busy machine is slow, not wrong
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()));
  page.on('pageerror', (error) => page.faults.push(String(error)));
  await page.goto(url);
  return page;
};

describe('accessibility', () => {
  for (const look of looks) {
    test(`axe finds nothing on any page, ${look.name}`, async () => {
      for (const path of pages) {
        // axe needs eval-free injection that the page's own policy would refuse.
        const page = await visit(sample.url + path, { ...look, bypassCSP: true });
        await page.evaluate(() => document.querySelectorAll('details').forEach((d, i) => { d.open = i < 1; }));
        await page.addScriptTag({ path: axe });
        const { violations } = await page.evaluate(() => window.axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        }));
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html + ' ' + n.failureSummary).slice(0, 2).join(' | ')}`), [], path);
        await page.context().close();
      }
    });
  }

  test('details open and close by keyboard, where the reader is', async () => {
    const page = await visit(sample.url + '/', { javaScriptEnabled: false });
    const details = page.locator('tr', { hasText: 'Discovery EU01' }).locator('details');
    await details.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.equal(await details.getAttribute('open'), '');
    assert.match(await details.locator('p').innerText(), /does not succeed\. One check of 3 fails\. Since 22 Nov 2026, 07:31 CET\./);
    await page.keyboard.press('Enter');
    assert.equal(await details.getAttribute('open'), null);
    await page.context().close();
  });

  test('the first stop of the Tab key leads past the head', async () => {
    const page = await visit(sample.url + '/');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#instances');
    await page.context().close();
  });
});

describe('markup', () => {
  const faultsOf = markupChecker(pageRules);
  test('every page is valid', async () => {
    for (const path of [...pages.map((p) => `sample/${p}`), 'quiet//', 'large//']) {
      const [site, target] = [path.split('/')[0], path.slice(path.indexOf('/') + 1)];
      const { fileOf } = await import('./site.js');
      const html = await readFile(join(folder, site, fileOf(target)), 'utf8');
      assert.deepEqual(await faultsOf(html), [], path);
    }
  });

  test('feeds, badges and symbols are well-formed XML', () => {
    for (const site of ['sample', 'quiet', 'large']) {
      const files = execFileSync('find', [join(folder, site), '-name', '*.atom', '-o', '-name', '*.rss', '-o', '-name', '*.svg'])
        .toString().trim().split('\n');
      assert.ok(files.length > 20);
      execFileSync('xmllint', ['--noout', ...files]);
    }
  });
});

describe('weight and shape', () => {
  test('1,000 rows weigh at most 20 KB gzip in one request', async () => {
    for (const file of ['index.html', 'index.he.html']) {
      const bytes = gzipSync(await readFile(join(folder, 'large', file)), { level: 6 }).length;
      assert.ok(bytes <= 20 * 1024, `${file}: ${bytes} bytes`);
    }
    const page = await visit('about:blank');
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(large.url + '/');
    assert.equal(await page.locator('tbody tr:not(.g)').count(), 1000);
    assert.deepEqual(asked.filter((path) => !path.startsWith('/assets/') && path !== '/events' && !path.startsWith('image/')), ['/']);
    await page.context().close();
  });

  test('nothing scrolls sideways at 360 pixels', async () => {
    for (const path of pages) {
      const page = await visit(sample.url + path, { viewport: { width: 360, height: 780 } });
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(content <= window, `${path}: ${content} > ${window}`);
      await page.context().close();
    }
  });

  test('everything is there without script, and nothing is refused by the policy', async () => {
    const plain = await visit(sample.url + '/', { javaScriptEnabled: false });
    assert.match(await plain.locator('h1').innerText(), /^Service interruption at one instance/);
    assert.equal(await plain.locator('tbody tr:not(.g)').count(), 16);
    assert.match(await plain.locator('tr', { hasText: 'Catalog EU01' }).innerText(), /Sun 29 Nov, 03:00–04:30 CET/);
    await plain.context().close();
    for (const path of pages) {
      const page = await visit(sample.url + path);
      assert.deepEqual(page.faults, [], path);
      await page.context().close();
    }
  });

  test('single-tenant rows stay on their own page', async () => {
    for (const file of ['index.html', 'index.he.html', 'api/v2/summary.json', 'api/v2/incidents.json', 'feeds/all.atom', 'feeds/all.rss', 'feeds/all.ics'])
      assert.doesNotMatch(await readFile(join(folder, 'sample', file), 'utf8'), /abbey|ST Opera/i, file);
    assert.match(await readFile(join(folder, 'sample', 'single-tenant.html'), 'utf8'), /Catalog ST Abbey/);
  });
});

describe('live', () => {
  test('a row follows /events without a reload, and keeps its details open', async () => {
    const page = await visit(sample.url + '/');
    const row = page.locator('tr', { hasText: 'Discovery EU01' });
    await row.locator('summary').click();
    // The hub has made a new page in which the instance works again.
    await page.route(sample.url + '/', async (route) => {
      const body = (await readFile(join(folder, 'sample', 'index.html'), 'utf8'))
        .replace(/(Discovery EU01<\/a><\/th><td class="w )x("><details><summary><svg[^>]*><use href="#)x("\/><\/svg>)Service interruption/, '$1n$2n$3Operating normally')
        .replace(/<h1([^>]*)>[^<]*/, '<h1$1>Everything works');
      await route.fulfill({ body, contentType: 'text/html' });
    });
    sample.tell('row', '{"id":"discovery-eu01"}');
    await row.locator('td.w.n').waitFor();
    assert.equal(await row.locator('details').getAttribute('open'), '');
    assert.equal(await page.locator('h1').innerText(), 'Everything works');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('an old copy says so', async () => {
    const page = await visit(sample.url + '/'); // the sample's clock is not the browser's
    await page.clock.install({ time: new Date('2026-11-22T06:45:30Z') });
    await page.reload();
    assert.match(await page.locator('#age').innerText(), /2\d/);
    assert.equal(await page.locator('#stale').isVisible(), false);
    await page.clock.setFixedTime(new Date('2026-11-22T06:48:30Z'));
    await page.clock.runFor(6000);
    assert.equal(await page.locator('#stale').isVisible(), true);
    await page.context().close();
  });

  test('each script is at most 2 KB gzip', async () => {
    for (const name of readdirSync(join(folder, 'sample', 'assets'))) {
      const bytes = gzipSync(await readFile(join(folder, 'sample', 'assets', name))).length;
      assert.ok(bytes <= 2048, `${name}: ${bytes} bytes`);
    }
  });
});
