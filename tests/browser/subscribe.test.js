// Subscriptions in a real browser, from the status page to leaving: with script and without, in
// both languages, accessible and valid at every step.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from './site.js';
import { startSubscriptions } from './subscribe_site.js';
import { markupChecker, pageRules } from './markup.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const looks = [
  { name: 'wide', viewport: { width: 1280, height: 900 } },
  { name: 'phone', viewport: { width: 360, height: 780 } },
  { name: 'dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
];
let browser, sample, site;

before(async () => {
  [browser, sample] = await Promise.all([openBrowser(), startSubscriptions()]);
  site = sample.url;
});
after(async () => {
  await browser?.close();
  sample?.close();
});

const told = (what, address) => sample.told(what, address);
const link = async (use, address) => `/subscriptions/${await told(`token?use=${use}`, address)}`;

const visit = async (path, options = {}) => {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.setDefaultTimeout(120_000); // a busy machine is slow, not wrong
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && page.faults.push(message.text()));
  page.on('pageerror', (error) => page.faults.push(String(error)));
  await page.goto(site + path);
  return page;
};
const done = async (page) => {
  assert.deepEqual(page.faults, []);
  await page.context().close();
};

const post = (path, fields) => fetch(site + path, { method: 'POST', body: new URLSearchParams(fields) });
const wanted = (email, more = {}) => ({
  email, institution: '', instance: 'catalog-eu01', topic: 'trouble', language: 'en', pace: 'at_once', channel: 'email', do: 'subscribe', ...more,
});
/** Subscribed and confirmed, without a browser; answers the path of the choices. */
const subscribed = async (email, more) => {
  assert.equal((await post('/subscribe', wanted(email, more))).status, 200);
  assert.equal((await post(await link('confirm', email), {})).status, 200);
  return link('manage', email);
};

describe('with script', () => {
  test('boxes of the status page lead to the form, the form to the mail, the mail to leaving', async () => {
    const page = await visit('/');
    const mail = page.locator('#mail');
    const box = page.getByRole('checkbox', { name: 'Mail me about Catalog EU01', exact: true });
    assert.equal(await mail.getAttribute('class'), 'mail');
    await box.check();
    await page.locator('#q').fill('Discovery');
    await page.locator('.found', { hasText: 'fit' }).waitFor();
    await page.getByRole('checkbox', { name: 'Mail me about Discovery NA01' }).check();
    await page.locator('#q').fill('');
    await box.waitFor();
    assert.equal(await box.isChecked(), true, 'a choice outlives the search');
    await page.getByRole('button', { name: 'Mail me about the chosen (2)' }).click();
    await page.waitForURL(/\/subscribe\?instance=catalog-eu01&instance=discovery-na01$/);
    assert.equal(await page.locator('input[name=instance]:checked').count(), 2);

    await page.locator('#filter-words').fill('repo emea');
    await page.locator('#filter-words').fill('Europe Repository');
    assert.equal(await page.locator('input[name=instance]:visible').count(), 1);
    await page.locator('#filter-words').fill('');
    await page.locator('#find').fill('westf');
    await page.getByRole('checkbox', { name: 'Westfield <College> & Library' }).check();
    await page.locator('#find').fill('northg');
    await page.getByRole('checkbox', { name: 'Northgate University' }).waitFor();
    assert.equal(await page.getByRole('checkbox', { name: /Westfield/ }).isChecked(), true);
    await page.getByLabel('E-mail address', { exact: true }).fill('ann@example.org');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();

    await page.goto(site + await link('confirm', 'ann@example.org'));
    assert.match(await page.locator('dl.facts').innerText(), /Catalog EU01, Discovery NA01[^]*Westfield <College> & Library/);
    await page.getByRole('button', { name: 'Yes, send me this' }).click();
    await page.getByRole('link', { name: 'Change or leave' }).click();
    await page.getByLabel('Root cause analyses').uncheck();
    await page.getByLabel('One mail a day, with everything').check();
    await page.locator('.last').first().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor();
    assert.equal(await page.getByLabel('Root cause analyses').isChecked(), false);
    await page.getByRole('button', { name: 'Leave now' }).click();
    await page.getByRole('link', { name: 'Come back' }).click();
    assert.equal(await page.locator('input[name=instance]:checked').count(), 2);
    assert.equal(await page.getByRole('checkbox', { name: /Westfield/ }).isChecked(), true);
    await done(page);
  });
});

describe('without script', () => {
  test('everything can be done in Hebrew, faults are told at once, nothing typed is lost', async () => {
    const page = await visit('/?lang=he', { javaScriptEnabled: false });
    await page.getByRole('button', { name: 'שלחו לי דואר על מה שבחרתי' }).click();
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    await page.locator('#institution').fill('ספריית העיר');
    await page.locator('#email').fill('not an address');
    await page.locator('.last button').click();
    assert.equal(await page.locator('.fault').count(), 2);
    assert.equal(await page.locator('#institution').inputValue(), 'ספריית העיר');
    await page.locator('#email').fill('אבי@ספריה.קום');
    await page.locator('#find').fill('גבעת');
    await page.getByRole('button', { name: 'חיפוש מוסדות' }).click();
    await page.getByLabel('הספרייה בגבעת רם').check();
    await page.locator('.last button').click();
    await page.getByRole('heading', { name: 'בדקו את הדואר' }).waitFor();
    await page.goto(site + await link('confirm', 'אבי@ספריה.קום'));
    assert.match(await page.locator('dl.facts').innerText(), /הספרייה בגבעת רם/);
    await page.locator('main button').click();
    await page.getByRole('link', { name: 'שינוי או עזיבה' }).click();
    await page.locator('button[value=leave]').click();
    await page.getByRole('heading', { name: 'עזבתם' }).waitFor();
    await page.context().close();
  });
});

describe('every page', () => {
  let paths, bodies;
  before(async () => {
    await post('/subscribe', wanted('new@example.org'));
    const shared = await subscribed('desk@example.org', { shared: 'yes' });
    await told('quarantine', 'desk@example.org');
    paths = ['/subscribe?instance=catalog-eu01', '/subscribe?lang=he', '/subscriptions', '/subscriptions/nothing',
      await link('confirm', 'new@example.org'), await subscribed('one@example.org'), `${shared}?lang=he`, await link('manage', 'contact')];
    bodies = [];
    for (const path of paths) bodies.push([path, await (await fetch(site + path)).text()]);
    for (const fields of [{ email: 'x', channel: 'webhook', language: 'x' }, { do: 'find', find: 'zzz' }, wanted('sent@example.org')])
      bodies.push([JSON.stringify(fields), await (await post('/subscribe', fields)).text()]);
    await post('/subscribe', wanted('hook@example.org', { channel: 'webhook', url: 'https://hooks.example.org/in', shared: 'yes' }));
    bodies.push(['confirmed', await (await post(await link('confirm', 'hook@example.org'), {})).text()]);
    bodies.push(['code', await (await post(shared, { do: 'save', code: '1', language: 'en' })).text()]);
    bodies.push(['left', await (await post(await subscribed('left@example.org'), { do: 'leave' })).text()]);
  });

  test('is valid', async () => {
    const faultsOf = markupChecker({ ...pageRules, 'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }] });
    for (const [name, body] of bodies) assert.deepEqual(await faultsOf(body), [], name);
  });

  for (const look of looks) {
    test(`has no fault that axe finds and does not scroll sideways, ${look.name}`, async () => {
      for (const [name, body] of bodies) {
        const context = await browser.newContext({ ...look, bypassCSP: true });
        const page = await context.newPage();
        await page.route(`${site}/shown`, (route) => route.fulfill({ body, contentType: 'text/html' }));
        await page.goto(`${site}/shown`);
        await page.addScriptTag({ path: axe });
        const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), rules);
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).slice(0, 2).join(' | ')}`), [], name);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(content <= window, `${name}: ${content} > ${window}`);
        await context.close();
      }
    });
  }

  test('is refused nothing by its own policy', async () => {
    for (const path of paths) await done(await visit(path));
  });
});

test('a mail program leaves with one click, and only whoever has no code to show', async () => {
  const path = await subscribed('click@example.org');
  const form = new FormData();
  form.append('List-Unsubscribe', 'One-Click');
  assert.equal((await fetch(site + path, { method: 'POST', body: form })).status, 200);
  assert.equal((await fetch(site + path)).status, 404);
  const shared = await subscribed('room@example.org', { shared: 'yes' });
  assert.equal((await post(shared, { 'List-Unsubscribe': 'One-Click' })).status, 403);
  assert.equal((await fetch(site + shared, { method: 'HEAD' })).status, 200);
  assert.equal((await post('/subscribe', { email: 'x'.repeat(1 << 20) })).status, 413);
});
