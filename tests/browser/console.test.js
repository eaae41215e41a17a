// The console in a real browser before a real hub: every page accessible and without a fault of
// the policy, live, by keyboard, right to left, on a phone, and light.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { comeIn } from './visit.js';
import { hub, operate, password, signIn, violations, visit, withHub } from './with_hub.js';

withHub();

// The pages that need no sign-in of their own, and what tells that they are complete.
const pages = [
  ['', 'ul.counts'],
  ['/instances', 'table.instances tbody th'],
  ['/instances/catalog-eu01', 'table.checks tbody th'],
  ['/instances/catalog-eu01/search', '.observation'],
  ['/customers', '.empty'],
  ['/customers/import', '#pasted'],
  ['/configuration', '.running'],
  ['/ledger', 'table.entries tbody th'],
  ['/ledger/0', '.verification'],
  ['/people', '#services'],
  ['/devices', 'form'],
  ['/nowhere', 'main p'],
];

const hidden = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('every page', () => {
  for (const look of [
    { name: 'wide' },
    { name: 'phone, dark', viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
    { name: 'right to left', locale: 'he-IL' },
  ]) {
    test(`is accessible, allowed by its own policy and not wider than its window: ${look.name}`, async () => {
      const { name, ...options } = look;
      const found = [];
      for (const [path, complete] of pages) {
        const page = await operate(path, options);
        await page.locator(complete).first().waitFor();
        assert.deepEqual(page.faults, [], path);
        assert.ok(await hidden(page) <= 0, `${path} is ${await hidden(page)} pixels too wide`);
        assert.equal(await page.locator('html').getAttribute('dir'), options.locale === 'he-IL' ? 'rtl' : 'ltr');
        found.push(...(await violations(page)).map((one) => `${path} ${one}`));
        await page.context().close();
      }
      assert.deepEqual(found, []);
    });
  }
});

describe('live', () => {
  test('an outage, its end and a declaration are seen without a reload', async () => {
    const page = await operate('');
    const instance = await operate('/instances/catalog-eu01');
    await page.locator('.trouble', { hasText: 'Catalog EU01' }).waitFor({ state: 'detached' });
    await page.evaluate(() => (window.sameDocument = true));
    hub.service.works = false;
    await page.locator('.trouble.x', { hasText: 'Catalog EU01' }).waitFor();
    assert.match(await page.locator('h1').innerText(), /Service interruption at one instance/);
    await instance.locator('.state-card.x').waitFor();
    hub.service.works = true;
    await page.locator('.trouble', { hasText: 'Catalog EU01' }).waitFor({ state: 'detached' });

    const past = instance.locator('section.timeline .verdicts li.x').first();
    await past.locator('a', { hasText: 'search' }).click(); // which explains it
    await instance.locator('.check-panel .timeline .verdicts li.x', { hasText: '503' }).first().waitFor();
    await instance.locator('.check-panel .timeline .span.n').first().waitFor();

    await instance.getByText('Declare a state').click();
    await instance.locator('select[name=indicator]').selectOption('information');
    await instance.locator('input[name=because]').fill('The library is open on Sunday.');
    await instance.getByRole('button', { name: 'Publish' }).click();
    await instance.locator('.standing', { hasText: 'open on Sunday' }).waitFor();
    await page.locator('.trouble.i', { hasText: 'open on Sunday' }).waitFor();
    await instance.getByRole('button', { name: 'Withdraw the declaration' }).click();
    await instance.locator('dialog').getByRole('button', { name: 'Withdraw the declaration' }).click();
    await page.locator('.trouble.i', { hasText: 'open on Sunday' }).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => window.sameDocument), true);
    await page.context().close();
    await instance.context().close();
  });

  test('a probe runs on demand and shows its phases and what was said', async () => {
    hub.service.works = true;
    const page = await operate('/instances/catalog-eu01/search');
    await page.getByRole('button', { name: 'Run now' }).click();
    const seen = page.locator('.observation', { hasText: 'Just now' });
    await seen.locator('.phase-bar').waitFor();
    await seen.getByText('Transcript of the probe').click();
    assert.match(await seen.locator('pre').innerText(), /GET \S+\/search/);
    await page.context().close();
  });

  test('the ledger grows while it is read', async () => {
    const page = await operate('/ledger');
    await page.locator('table.entries tbody th').first().waitFor();
    const declared = page.locator('table.entries tr', { hasText: 'status_page.declaration.made' });
    const before = await declared.count();
    await page.request.post(`${hub.operator}/api/v1/status/declarations`, { data: { instance: 'catalog-us01', indicator: 'information', because: 'Tested.' } });
    await declared.nth(before).waitFor();
    await page.request.delete(`${hub.operator}/api/v1/status/declarations/catalog-us01`);
    await page.context().close();
  });
});

describe('the ledger', () => {
  test('proves an entry in the browser, and notices one that was changed on the way', async () => {
    const page = await operate('/ledger/0');
    await page.locator('.verification.n').waitFor();
    assert.match(await page.locator('.verification').innerText(), /Verified here, in your browser/);
    assert.equal(await page.locator('.verification li.n').count(), 4);

    await page.route('**/api/v1/ledger/entries/1', async (route) => {
      const proven = await (await route.fetch()).json();
      proven.entry.payload = { ...proven.entry.payload, by: 'somebody else' };
      await route.fulfill({ json: proven });
    });
    await page.goto(`${hub.operator}/console/ledger/1`);
    await page.locator('.verification.x').waitFor();
    assert.equal(await page.locator('.verification li.x').count(), 1);
    await page.context().close();
  });

  test('is filtered by type and object', async () => {
    const page = await operate('/ledger?type=inventory.object.changed&object=instance%2Fcatalog-us01');
    await page.locator('table.entries tbody th').first().waitFor();
    const types = await page.locator('table.entries tbody th').allInnerTexts();
    assert.deepEqual([...new Set(types)], ['inventory.object.changed']);
    await page.context().close();
  });
});

describe('the configuration', () => {
  test('tells the faults of an edit with their place, and goes on once they are mended', async () => {
    const page = await operate('/configuration');
    await page.locator('.running').waitFor();
    const lookUntil = async (faulty) => { // the hub looks for edits every 2 s
      while (await page.locator('.faults li').count() > 0 !== faulty) {
        await page.getByRole('button', { name: 'Look again' }).click();
        await page.waitForTimeout(300);
      }
    };
    hub.edit((text) => text.replace('product: discovery', 'product: discovry'));
    await lookUntil(true);
    assert.match(await page.locator('.faults code').first().innerText(), /^cloud\.yaml:\d+:\d+$/);
    assert.equal(await page.getByRole('button', { name: 'Apply' }).isDisabled(), true);
    hub.edit((text) => text.replace('product: discovry', 'product: discovery'));
    await lookUntil(false);
    await page.context().close();
  });
});

describe('the keyboard', () => {
  test('opens the palette, goes to an instance, moves in lists and tells its keys', async () => {
    const page = await operate('');
    await page.locator('ul.counts').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('discovery eu');
    await page.locator('#commands li[aria-selected=true]', { hasText: 'Discovery EU01' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/instances/discovery-eu01');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL('**/console/instances');
    await page.locator('table.instances tbody th').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex') === '3');
    await page.keyboard.press('k');
    await page.waitForFunction(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex') === '2');
    await page.keyboard.press('?');
    assert.match(await page.locator('dialog').innerText(), /Next row/);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('us01');
    await page.waitForFunction(() => document.querySelectorAll('table.instances tbody th').length === 1);
    assert.match(page.url(), /q=us01/);
    await page.context().close();
  });

  test('the look, the language and the zone are kept', async () => {
    const page = await operate('/ledger');
    await page.getByRole('button', { name: /^Look:/ }).click();
    await page.getByRole('button', { name: 'עברית' }).click();
    await page.locator('html[dir=rtl]').waitFor();
    await page.reload();
    await page.locator('html[dir=rtl][lang=he][data-look=light]').waitFor();
    assert.equal(await page.locator('h1').innerText(), 'יומן');
    await page.context().close();
  });
});

describe('the reader\'s language', () => {
  test('is that of the sentences that the hub says, also after a switch', async () => {
    const page = await operate('/instances/discovery-eu01', { locale: 'he-IL' });
    const details = page.locator('.state-card p:not(.big)').first();
    await details.filter({ hasText: 'לא נמדד: למופע זה אין עדיין בדיקות' }).waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await details.filter({ hasText: 'Not measured: this instance has no checks yet.' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.trouble', { hasText: 'Discovery EU01' }).filter({ hasText: 'no checks yet' }).waitFor();
    await page.getByRole('button', { name: 'עברית' }).click();
    await page.locator('.trouble', { hasText: 'Discovery EU01' }).filter({ hasText: 'אין עדיין בדיקות' }).waitFor();
    await page.context().close();
  });

  test('has its own version of an answer', async () => {
    const ask = (headers) => fetch(`${hub.operator}/api/v1/status/discovery-eu01`, { headers });
    const [plain, english, hebrew] = await Promise.all([ask({}), ask({ 'accept-language': 'en' }), ask({ 'accept-language': 'fr, he-IL;q=0.5' })]);
    assert.deepEqual([plain, english, hebrew].map(({ headers }) => headers.get('content-language')), ['en', 'en', 'he']);
    assert.match(hebrew.headers.get('vary'), /accept-language/);
    const etag = hebrew.headers.get('etag');
    assert.notEqual(etag, english.headers.get('etag'));
    assert.equal((await ask({ 'accept-language': 'he', 'if-none-match': etag })).status, 304);
    assert.equal((await ask({ 'accept-language': 'en', 'if-none-match': etag })).status, 200);
  });
});

describe('when something is missing', () => {
  test('a hub that cannot be reached is told, with a way to try again', async () => {
    const page = await operate('/configuration');
    await page.locator('.running').waitFor();
    await page.route('**/api/v1/config**', (route) => route.abort());
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.locator('.failure', { hasText: 'cannot be reached' }).first().waitFor();
    await page.unroute('**/api/v1/config**');
    const again = page.locator('.failure button').first(); // gone by itself when an event came first
    while (await again.count() > 0) await again.click({ timeout: 1000 }).catch(() => undefined);
    await page.locator('.failure').first().waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a write that somebody else was faster with says so', async () => {
    const page = await operate('/instances/catalog-us01');
    await page.route('**/api/v1/status/declarations', (route) => route.fulfill({
      status: 412, contentType: 'application/problem+json', json: { type: 'about:blank', title: 'precondition', status: 412, detail: 'the version is another one', retry: false },
    }));
    await page.getByText('Declare a state').click();
    await page.locator('input[name=because]').fill('x');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.locator('.failure', { hasText: 'Somebody else changed this' }).waitFor();
    await page.context().close();
  });
});

describe('many', () => {
  const since = '2026-11-22T06:00:00Z';

  test('10,000 entries are read to the first with few rows in the document', async () => {
    const page = await operate('/nowhere');
    await page.route('**/api/v1/ledger/entries?*', (route) => {
      const query = new URL(route.request().url()).searchParams;
      const end = Number(query.get('before') ?? 10_000);
      const entries = Array.from({ length: Math.min(Number(query.get('limit')), end) }, (_, i) => ({
        index: end - 1 - i, time: since, id: `id-${end - 1 - i}`, type: 'monitoring.minute', object: 'monitoring', payload: { passed: i },
      }));
      return route.fulfill({ json: { entries } });
    });
    await page.goto(`${hub.operator}/console/ledger`);
    await page.locator('table.entries tbody th').first().waitFor();
    while (Number(await page.locator('table.entries').getAttribute('aria-rowcount')) <= 10_000) {
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.waitForTimeout(20);
      assert.ok(await page.locator('table.entries tbody tr:not(.gap)').count() < 100);
    }
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.locator('table.entries tbody tr[aria-rowindex="10001"]').waitFor();
    await page.context().close();
  });
});

// RFC 6238 with the authenticators' usual numbers.
function oneTimeCode(secret, time = Date.now()) {
  const bits = [...secret.replace(/=+$/, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('people', () => {
  test('the first administrator comes in, invites somebody, sets up a second factor, makes a token', async () => {
    const page = await visit(hub.url + await hub.invitation());
    await page.locator('input[name=name]').fill('Ada Night');
    await page.locator('input[name=login]').fill('ada');
    await page.locator('input[name=password]').fill(password);
    await page.locator('input[name=again]').fill('something else entirely');
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.locator('.fault', { hasText: 'not the same' }).waitFor();
    await page.locator('input[name=again]').fill(password);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.locator('ul.counts').waitFor();

    await page.goto(`${hub.url}/console/people`);
    await page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = page.locator('dialog');
    await dialog.locator('input[name=name]').fill('Berta Watch');
    await dialog.locator('input[name=email]').fill('berta@example.org');
    await dialog.locator('input[name=login]').fill('berta');
    await dialog.locator('input[name="role/viewer"]').check();
    await dialog.getByRole('button', { name: 'Add and invite' }).click();
    const link = await dialog.locator('.secret code').innerText();
    assert.match(link, /\/console\/invitations\//);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.locator('table.people', { hasText: 'Berta Watch' }).waitFor();

    await page.goto(`${hub.url}/console/account`);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.locator('svg.qr').waitFor();
    const secret = (await page.locator('code.grouped').innerText()).replaceAll(' ', '');
    await page.locator('input[name=code]').fill(oneTimeCode(secret));
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.locator('.codes li').first().waitFor();
    const recovery = await page.locator('.codes li').first().innerText();
    await page.getByText('New token').click();
    await page.locator('input[name=name]').fill('nightly report');
    await page.locator('input[name="scope/read_status"]').check();
    await page.getByRole('button', { name: 'Make the token' }).click();
    assert.match(await page.locator('#tokens ~ details .secret code').innerText(), /^nct_/);
    await page.locator('.entries-list', { hasText: 'nightly report' }).waitFor();
    await page.locator('.entries-list', { hasText: 'this one' }).waitFor();
    assert.deepEqual(page.faults, []);

    // Out, and in again by password and a recovery code.
    await page.locator('details.account summary').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, 'ada', 'wrong wrong wrong');
    await page.locator('.failure', { hasText: 'not right' }).waitFor();
    await page.locator('input[name=password]').fill(password);
    await page.locator('form button[type=submit]').click();
    await page.locator('input[name=code]').fill(recovery);
    await page.locator('form button[type=submit]').click();
    await page.locator('h1', { hasText: 'My account' }).waitFor();
    await page.context().close();

    // Who was invited sees what a viewer may see, and no more.
    const guest = await visit(hub.url + new URL(link, hub.url).pathname);
    await comeIn(guest, password);
    await guest.locator('ul.counts').waitFor();
    assert.equal(await guest.getByRole('link', { name: 'People' }).count(), 0);
    await guest.goto(`${hub.url}/console/instances/catalog-us01`);
    await guest.locator('.state-card').waitFor();
    assert.equal(await guest.getByText('Declare a state').count(), 0);
    await guest.context().close();
  });

  test('whoever is not signed in is asked to, and axe finds nothing there', async () => {
    const page = await visit(`${hub.url}/console/ledger`);
    await page.locator('input[name=login]').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
});
