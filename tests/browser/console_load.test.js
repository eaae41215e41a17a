// How the console comes: a light first load, and pages with their words, before they are gone to, in
// whatever language; what does not come is said.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadedWith } from '../../console/build.mjs';
import { here } from './site.js';
import { operate, withHub } from './with_hub.js';

withHub();

const { outputs } = JSON.parse(await readFile(join(here, '../../build/console/metafile.json'), 'utf8'));
const named = (pattern) => Object.keys(outputs).filter((name) => pattern.test(outputs[name].entryPoint ?? ''));
const first = loadedWith(named(/^src\/main\.tsx$/)[0], outputs);
const isLater = (url) => url.includes('/console/assets/') && url.endsWith('.js') && ![...first].some((name) => basename(name) === basename(url));
const room = (page, name) => page.locator('nav.rooms a', { hasText: name });

describe('weight', () => {
  const chart = (name) => Object.keys(outputs[name].inputs).some((input) => input.includes('uplot/dist/uPlot.esm'));
  const weigh = async (names) => {
    let bytes = 0;
    for (const name of names) bytes += gzipSync(await readFile(join(here, '../../console', name))).length;
    return bytes;
  };

  test('the first load is light, no room is heavy, and charts come with the first chart', async () => {
    const bytes = await weigh(first);
    assert.ok(bytes <= 30 * 1024, `${bytes} bytes: what grew?`);
    assert.ok([...first].every((name) => !chart(name)));
    assert.ok(Object.keys(outputs).some((name) => chart(name)));

    // A room with its words and all that it may load later.
    const rooms = named(/^src\/pages\/\w+\.tsx$/);
    assert.ok(rooms.length > 5);
    for (const name of rooms) {
      const page = basename(outputs[name].entryPoint, '.tsx');
      const wanted = new Set([name, ...named(new RegExp(`^words:he/${page}$`))]);
      assert.equal(wanted.size, 2, `${page} has no words`);
      for (const one of wanted) for (const { path } of outputs[one].imports) if (!first.has(path)) wanted.add(path);
      const more = await weigh(wanted);
      assert.ok(more <= 34 * 1024, `${page} has ${more} bytes: what grew?`);
    }
  });
});

// Runs in the page before anything of its own: keeps every key of a text that is ever shown.
function watchForKeys() {
  window.keysShown = [];
  const look = () => {
    const found = document.body?.innerText.match(/(?<![.\w])(?:console|indicator|meaning|verdict|layer|duration|instance|notice\.topic)\.[a-z_]+\b/g);
    if (found) window.keysShown.push(...found);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}

describe('a room', () => {
  const all = [['Instances', 'table.instances tbody th'], ['Notices', 'main .empty'], ['Customers', 'main .empty'],
    ['Configuration', '.running'], ['Ledger', 'table.entries tbody th'], ['People', '#services'], ['Overview', 'ul.counts']];

  test('is drawn when its words are there, in both languages and when they come late', async () => {
    const page = await operate('');
    await page.addInitScript(watchForKeys);
    await page.route('**/console/assets/*', async (route) => {
      if (isLater(route.request().url())) await new Promise((done) => setTimeout(done, 150 + 300 * Math.random()));
      await route.fallback();
    });
    await page.reload();
    for (const [name, complete] of all) {
      await room(page, name).click();
      await page.locator(complete).first().waitFor();
    }
    // Another language on the way to a room: both are still to come.
    await page.reload();
    await page.locator('ul.counts').waitFor();
    await page.getByRole('button', { name: 'עברית' }).click();
    await room(page, 'Instances').click();
    await page.locator('html[dir=rtl]').waitFor();
    await page.locator('table.instances tbody th').first().waitFor();
    const links = page.locator('nav.rooms a');
    for (let i = 0; i < all.length; i += 1) {
      await links.nth(i).click();
      await page.locator('main h1').waitFor();
      assert.match(await page.locator('main h1').innerText(), /\p{Script=Hebrew}/u);
    }
    assert.deepEqual(await page.evaluate(() => window.keysShown), []);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('is there before somebody goes to it, the network gone or not', async () => {
    const page = await operate('');
    const ledger = named(/^(src\/pages\/ledger\.tsx|words:en\/ledger)$/).map((name) => basename(name));
    assert.equal(ledger.length, 2);
    await page.waitForFunction((files) => {
      const came = new Set(performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop()));
      return files.every((file) => came.has(file));
    }, ledger);
    await page.route('**/console/assets/*', (route) => route.abort()); // other rooms may be on their way
    await room(page, 'Ledger').click();
    await page.locator('table.entries tbody th').first().waitFor();
    await page.context().close();
  });

  test('that does not come says so, and what helps', async () => {
    const page = await operate('');
    await page.route('**/console/assets/*', (route) => (isLater(route.request().url())
      ? route.fulfill({ status: 404, body: 'no such file in this release' }) : route.fallback()));
    await page.reload();
    await page.locator('ul.counts').waitFor();
    await room(page, 'Ledger').click();
    await page.locator('.failure', { hasText: 'did not come' }).waitFor();
    await page.unroute('**/console/assets/*');
    await page.getByRole('button', { name: 'Load the console again' }).click();
    await page.locator('table.entries tbody th').first().waitFor();
    await page.context().close();
  });
});
