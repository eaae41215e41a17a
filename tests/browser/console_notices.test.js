// Notices in the console before a real hub and a mail server: told by themselves and by an operator,
// followed to their ends, failed ones found and let go again; who subscribed, and who may what.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startMailServer } from './mail_server.js';
import { api, firstAdministrator, hub, operate, somebody, violations, withHub } from './with_hub.js';

const mail = await startMailServer();
withHub({ more: `notifications:\n  from: status@example.org\n  smtp: {host: 127.0.0.1, port: ${mail.port}, security: none}\n` });

const importTable = async (csv) => assert.deepEqual((await api('POST', '/customers/import', { csv, dry_run: false })).mistakes, []);
const declare = (instance, indicator) => api('POST', '/status/declarations', { instance, indicator, because: 'A switch in the hall failed.' });
const until = async (seen, what) => {
  for (let tries = 0; tries < 1200; tries += 1) {
    const found = await seen();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`never: ${what}`);
};
const mailsTo = (address) => mail.mails.filter(({ to }) => to === address);
const tokenIn = ({ text }) => /subscriptions\/([A-Za-z0-9_-]{44})/.exec(text.replaceAll('=\r\n', ''))[1];
const subscribe = async (email, fields = {}) => {
  const post = async (path, form) => assert.equal((await fetch(`${hub.url}${path}`, { method: 'POST', body: new URLSearchParams(form) })).status, 200);
  await post('/subscribe', { email, instance: 'catalog-us01', topic: 'information', language: 'en', pace: 'at_once', channel: 'email', do: 'subscribe', ...fields });
  const asked = await until(() => mailsTo(email)[0], `the mail to ${email}`);
  await post(`/subscriptions/${tokenIn(asked)}`, {});
};
const dialog = (page) => page.locator('dialog');
const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
const closed = (page) => dialog(page).waitFor({ state: 'detached' });

describe('without notices', () => {
  test('every part of the room says what to do', async () => {
    const page = await operate('/notices');
    await page.locator('.empty', { hasText: 'Notices come by themselves' }).waitFor();
    await page.getByRole('link', { name: 'Subscriptions' }).click();
    await page.locator('.empty', { hasText: 'Nobody subscribed yet' }).waitFor();
    await page.getByRole('link', { name: 'Quarantine' }).click();
    await page.locator('.empty', { hasText: 'Everybody can be reached' }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('a notice', () => {
  test('appears by itself, says what it is about, what was told, and who got it', async () => {
    await importTable('id,name,territory,time_zone,language\nnorthgate,Northgate,emea,Europe/Amsterdam,en\nharbor,Harbor,emea,Asia/Jerusalem,he\n');
    await importTable('institution,product,instance,from,until\nnorthgate,catalog,catalog-eu01,2026-01-01,\nharbor,catalog,catalog-eu01,2026-01-01,\n');
    await importTable('institution,name,email,products\nnorthgate,Mary Jones,mary@northgate.example,catalog\nnorthgate,Tom Gone,gone@northgate.example,catalog\nharbor,Dana Levi,dana@harbor.example,catalog\n');
    const page = await operate('/notices');
    await page.locator('.empty').waitFor();
    await declare('catalog-eu01', 'interruption');
    const row = page.locator('table.notice-list tbody tr', { hasText: 'Catalog EU01' });
    await row.waitFor();
    await row.locator('.deliveries', { hasText: /^2 sent\s*one failed$/ }).waitFor();
    await page.locator('tr.group', { hasText: 'Going on' }).waitFor();
    await row.getByRole('link').click();
    await page.locator('ul.affected', { hasText: 'A switch in the hall failed.' }).waitFor();
    assert.equal(await page.locator('ol.thread > li').count(), 1);
    await page.locator('table.deliveries tbody tr', { hasText: 'mary@northgate.example · Northgate' }).locator('.badge', { hasText: 'sent' }).waitFor();

    await press(page, 'failed 1');
    const failed = page.locator('table.deliveries tbody tr:not(.gap)');
    await failed.filter({ hasText: 'mary' }).waitFor({ state: 'detached' });
    assert.match(await failed.innerText(), /gone@northgate\.example.*refused.*550 5\.1\.1/s);

    await declare('catalog-eu01', 'normal');
    await page.locator('ol.thread > li', { hasText: 'Over' }).waitFor(); // seen as it happens
    await page.locator('ol.thread a', { hasText: 'Entry' }).first().click();
    await page.locator('.verification').waitFor();
    await page.locator('main', { hasText: 'notifications.notice.told' }).waitFor();
    await page.goto(`${hub.operator}/console/notices`);
    await page.locator('tr.group', { hasText: 'Over' }).waitFor();
    assert.equal(await page.locator('tr.group', { hasText: 'Going on' }).count(), 0);
    await page.locator('input[name=instance]').fill('us01');
    await page.keyboard.press('Enter');
    await page.locator('.empty', { hasText: 'no such notices about Catalog US01' }).waitFor();
    await page.getByRole('button', { name: 'About Catalog US01 alone' }).click();
    await page.locator('input[name=instance]').fill('catalog eu');
    await page.locator('.chips .chip', { hasText: 'Catalog EU01' }).click();
    await row.waitFor();
    assert.equal(new URL(page.url()).search, '?instance=catalog-eu01');
    await page.goto(`${hub.operator}/console/instances/catalog-eu01`);
    await page.getByRole('link', { name: 'notices about it' }).click();
    await row.waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('with 10,000 deliveries stays light, and is one telling', async () => {
    const libraries = Array.from({ length: 10 }, (_, i) => `crowd-${i}`); // an institution has 1,000 contacts
    await importTable(['id,name,territory,time_zone,language', ...libraries.map((id) => `${id},${id},emea,Europe/Amsterdam,en`)].join('\n'));
    await importTable(['institution,product,instance,from,until', ...libraries.map((id) => `${id},discovery,discovery-eu01,2026-01-01,`)].join('\n'));
    await importTable(['institution,name,email,products', ...libraries.flatMap((id) =>
      Array.from({ length: 1000 }, (_, i) => `${id},Reader ${i},reader${i}@${id}.example,discovery`))].join('\n'));
    await api('POST', '/notifications/notes', { topic: 'information', instances: ['discovery-eu01'], title: 'To very many', words: 'All of you.' });
    const page = await operate('/notices');
    await page.locator('table.notice-list').getByRole('link', { name: 'To very many' }).click();
    await page.getByRole('button', { name: 'All 10,000' }).waitFor();
    assert.equal(await page.locator('ol.thread > li').count(), 1);
    await page.locator('ol.thread', { hasText: 'to 10,000 recipients' }).waitFor();
    await page.locator('table.deliveries').waitFor();
    for (let step = 0; step < 40 && !await page.locator('tr[aria-rowindex="10001"]').count(); step += 1) {
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.waitForTimeout(300);
    }
    await page.locator('tr[aria-rowindex="10001"]').waitFor();
    const kept = await page.locator('table.deliveries tbody tr:not(.gap)').count();
    assert.ok(kept < 80, `${kept} rows`);
    await page.getByRole('button', { name: 'sent 10,000' }).waitFor(); // followed to its end
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('a note', () => {
  test('tells all mistakes at once, and keeps what was typed', async () => {
    const page = await operate('/notices/new');
    await page.locator('[name=next_update]').fill('2020-01-01T00:00');
    await press(page, 'Look at it first');
    await page.locator('.field.wrong', { hasText: 'Choose at least one instance' }).waitFor();
    assert.equal(await page.locator('.field.wrong').count(), 4);
    await page.locator('[name=title]').fill('New search');
    await page.locator('[name=words]').fill('It opens on Monday.\n\nWe are glad.');
    await page.locator('[name=next_update]').fill('');
    await page.locator('[name=instances]').fill('catalog');
    await page.getByRole('button', { name: 'Add all 2' }).click();
    await page.getByRole('button', { name: 'Leave Catalog US01 out' }).click();
    hub.cut();
    await press(page, 'Look at it first');
    await page.locator('form .failure').waitFor();
    hub.mend();
    assert.equal(await page.locator('[name=title]').inputValue(), 'New search');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Ledger' }).click();
    await page.locator('table.entries').waitFor();
    await page.goBack(); // typed text outlives a look at another page
    assert.equal(await page.locator('[name=words]').inputValue(), 'It opens on Monday.\n\nWe are glad.');
    await page.getByRole('button', { name: 'Leave Catalog EU01 out' }).waitFor();
    await page.context().close();
  });

  test('is looked at, says exactly who gets it and why, and goes to them', async () => {
    await subscribe('ann@example.org', { instance: 'catalog-eu01' });
    const before = mailsTo('ann@example.org').length;
    const page = await operate('/notices/new');
    await page.locator('[name=instances]').fill('Catalog EU01');
    await page.keyboard.press('Enter');
    await page.locator('[name=title]').fill('New search');
    await page.locator('[name=words]').fill('It opens on <b>Monday</b>.');
    await press(page, 'Look at it first');
    await page.locator('h2', { hasText: 'Goes to 3 recipients' }).waitFor(); // not to who is in quarantine
    const audience = page.locator('table.audience tbody');
    assert.match(await audience.innerText(), /ann@example\.org\s+follows it/);
    assert.match(await audience.innerText(), /dana@harbor\.example\s+contact of Harbor/);
    assert.ok(!(await audience.innerText()).includes('gone@'));
    const letter = page.frameLocator('iframe.letter');
    await letter.locator('body', { hasText: 'It opens on <b>Monday</b>.' }).waitFor();
    assert.match(await page.locator('.letters pre').innerText(), /It opens on <b>Monday<\/b>\./);
    assert.ok(await letter.locator('body').evaluate((body) => [...body.querySelectorAll('*')].some((each) => getComputedStyle(each).backgroundColor !== 'rgba(0, 0, 0, 0)')), 'its styles hold');
    await letter.getByRole('link', { name: 'Status page', exact: true }).click(); // leads nowhere
    await letter.locator('body', { hasText: 'It opens on' }).waitFor();
    await page.locator('.letters').getByRole('button', { name: 'עברית' }).click();
    await letter.locator('[dir=rtl]').first().waitFor();

    await page.locator('[name=title]').fill('New search, soon');
    await page.getByText('You changed it since').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Send it to 3 recipients' }).count(), 0);
    await press(page, 'Look at it first');
    await press(page, 'Send it to 3 recipients');
    await dialog(page).getByText('3 by mail').waitFor();
    await press(dialog(page), 'Send');
    await page.locator('h1', { hasText: 'New search, soon' }).waitFor();
    await page.getByRole('button', { name: 'sent 3' }).waitFor();
    assert.equal(mailsTo('ann@example.org').length, before + 1);
    assert.match(mailsTo('ann@example.org').at(-1).text, /New search, soon/);

    await page.getByRole('link', { name: 'Tell more' }).click();
    await page.getByRole('button', { name: 'Leave Catalog EU01 out' }).waitFor();
    assert.equal(await page.locator('[name=title]').inputValue(), ''); // the sent one is forgotten
    await page.locator('[name=title]').fill('It is here');
    await page.locator('[name=words]').fill('Now.');
    await press(page, 'Look at it first');
    await press(page, 'Send it to 3 recipients');
    await press(dialog(page), 'Send');
    await page.locator('ol.thread > li', { hasText: 'It is here' }).waitFor();
    assert.equal(await page.locator('ol.thread > li').count(), 2);
    assert.deepEqual(page.faults.filter((fault) => !fault.startsWith('Blocked ')), []); // what the frame may not do
    await page.context().close();
  });

  test('that nobody would get is not offered to be sent', async () => {
    const page = await operate('/notices/new?instance=catalog-us01');
    await page.locator('[name=title]').fill('Hello');
    await page.locator('[name=words]').fill('Anybody?');
    await press(page, 'Look at it first');
    await page.locator('h2', { hasText: 'Nobody would get it' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^Send/ }).count(), 0);
    await press(page, 'Discard');
    await page.locator('table.notice-list').waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('who is told', () => {
  test('subscriptions are found and ended', async () => {
    await subscribe('bob@example.org');
    const page = await operate('/notices/subscriptions');
    const found = (text) => page.locator('.found', { hasText: text }).waitFor();
    await found('2 subscriptions');
    await page.keyboard.press('/');
    await page.keyboard.type('BOB@', { delay: 5 });
    await found('One subscription');
    const row = page.locator('table.subscriptions tbody tr', { hasText: 'bob@example.org' });
    assert.match(await row.innerText(), /active\s+Catalog US01/);
    await press(row, 'End');
    await press(dialog(page), 'End');
    await closed(page);
    await page.locator('.empty', { hasText: 'No subscription fits' }).waitFor();
    await press(page, 'Show all');
    await page.locator('select').selectOption('quarantined');
    await page.locator('.empty').waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('who could not be reached is named with the reason, and released', async () => {
    const page = await operate('/notices/quarantine');
    const row = page.locator('table.quarantine tbody tr', { hasText: 'gone@northgate.example · Northgate' });
    assert.match(await row.innerText(), /5\.1\.1/);
    await press(row, 'Release');
    await press(dialog(page), 'Release');
    await page.locator('.empty', { hasText: 'Everybody can be reached' }).waitFor();
    assert.deepEqual((await api('GET', '/notifications/quarantine')).recipients, []);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('every page of the room', () => {
  for (const { name, ...options } of [{ name: 'wide' }, { name: 'phone, dark', viewport: { width: 360, height: 780 }, colorScheme: 'dark' }, { name: 'right to left', locale: 'he-IL' }]) {
    test(`is accessible and not wider than its window: ${name}`, async () => {
      const { notices } = await api('GET', '/notifications/notices');
      const [trouble, note] = [notices.find(({ topic }) => topic === 'trouble'), notices.find(({ latest }) => latest.title === 'It is here')];
      if (!(await api('GET', '/notifications/quarantine')).recipients.length) {
        const seen = mail.mails.length;
        await declare('catalog-eu01', 'performance');
        await until(async () => (await api('GET', '/notifications/quarantine')).recipients.length, 'somebody in quarantine');
        assert.ok(mail.mails.length >= seen);
      }
      const found = [];
      const pages = [['/notices', 'table.notice-list tbody th a'], [`/notices/${trouble.id}`, 'table.deliveries tbody th'], [`/notices/${note.id}`, 'table.deliveries tbody th'],
        ['/notices/subscriptions', 'table.subscriptions tbody th'], ['/notices/quarantine', 'table.quarantine tbody th'], ['/notices/new?instance=catalog-eu01', '.chips.chosen']];
      for (const [path, complete] of pages) {
        const page = await operate(path, options);
        await page.locator(complete).first().waitFor();
        if (path.startsWith('/notices/new')) {
          await page.locator('[name=title]').fill('New search');
          await page.locator('[name=words]').fill('It opens on Monday.');
          await page.locator('form button[type=submit]').click();
          await page.locator('table.audience tbody th').first().waitFor();
        }
        const hidden = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(hidden <= 0, `${path} is ${hidden} pixels too wide`);
        found.push(...(await violations(page)).map((one) => `${path} ${one}`));
        await page.context().close();
      }
      assert.deepEqual(found, []);
    });
  }

  test('is gone to by key and by name', async () => {
    const page = await operate('');
    await page.locator('ul.counts').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.locator('table.notice-list').waitFor();
    await page.keyboard.press('j');
    await page.locator('table.notice-list a:focus').waitFor();
    await page.keyboard.press('n');
    await page.locator('[name=words]').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('quaran', { delay: 5 });
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'Quarantine' }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('who may only read', () => {
  test('sees no address and is offered nothing else; who may not even that, not the room', async () => {
    const admin = await firstAdministrator();
    await admin.context().close();
    const viewer = await somebody('vera', 'viewer');
    await viewer.goto(`${hub.url}/console/notices`);
    await viewer.locator('table.notice-list tbody th a').first().waitFor();
    assert.equal(await viewer.locator('.actions, nav.sections').count(), 0);
    await viewer.locator('table.notice-list').getByRole('link', { name: 'Catalog EU01' }).last().click();
    await viewer.locator('table.deliveries tbody th', { hasText: 'contact of Northgate' }).first().waitFor();
    assert.ok(!(await viewer.locator('main').innerText()).includes('@'));
    assert.equal(await viewer.locator('.actions').count(), 0);

    const manager = await somebody('max', 'change_manager');
    await manager.goto(`${hub.url}/console/notices/new?instance=catalog-eu01`);
    await manager.locator('[name=title]').fill('New search');
    await manager.locator('[name=words]').fill('It opens on Monday.');
    await press(manager, 'Look at it first');
    await manager.locator('table.audience tbody th').first().waitFor();
    assert.ok(!(await manager.locator('table.audience').innerText()).includes('@'));
    await manager.getByRole('button', { name: /^Send it to/ }).waitFor();

    const privacy = await somebody('petra', 'privacy_officer');
    await privacy.goto(`${hub.url}/console/notices/subscriptions`);
    await privacy.locator('table.subscriptions tbody th').first().waitFor();
    assert.equal(await privacy.getByRole('link', { name: 'Write a note' }).count(), 0);
    for (const page of [viewer, manager, privacy]) await page.context().close();
  });
});
