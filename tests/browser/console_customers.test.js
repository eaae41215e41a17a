// Customers, kept in the console before a real hub: added, moved, imported, erased; found by the
// public page; and told when somebody else was first.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { api, firstAdministrator, hub, operate, somebody, violations, visit, withHub } from './with_hub.js';

withHub();

const importTable = (csv) => api('POST', '/customers/import', { csv, dry_run: false });
const section = (page, id) => page.locator(`section[aria-labelledby=${id}]`);
const dialog = (page) => page.locator('dialog');
const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
const closed = (page) => dialog(page).waitFor({ state: 'detached' });

describe('without customers', () => {
  test('the room says what to do, and an institution is added and changed', async () => {
    const page = await operate('/customers');
    await page.locator('.empty', { hasText: 'take many in from a table' }).waitFor();
    await page.locator('.page-head').getByRole('button', { name: 'Add an institution' }).click();
    const fill = async (name, text) => dialog(page).locator(`[name=${name}]`).fill(text);
    await fill('id', 'Northgate!');
    await fill('name', 'Northgate University');
    await fill('territory', 'emeas');
    await fill('time_zone', 'Europe/Amsterdm');
    await fill('aliases', 'NGU\n\n Northgate Library ');
    await dialog(page).locator('button[type=submit]').click();
    const failure = dialog(page).locator('.failure', { hasText: 'did you mean "emea"?' });
    await failure.waitFor();
    assert.match(await failure.innerText(), /lower-case letters.*Europe\/Amsterdm/s); // all at once
    await fill('id', 'northgate');
    await fill('territory', 'emea');
    await fill('time_zone', 'Europe/Amsterdam');
    await dialog(page).locator('button[type=submit]').click();
    await page.locator('h1', { hasText: 'Northgate University' }).waitFor();
    await page.locator('dl.facts', { hasText: 'NGU, Northgate Library' }).waitFor();
    await section(page, 'assets').locator('.empty').waitFor();
    await section(page, 'contacts').locator('.empty').waitFor();

    await press(page, 'Change');
    await fill('name', 'Northgate');
    await press(dialog(page), 'Save');
    await page.locator('h1', { hasText: /^Northgate$/ }).waitFor();
    assert.deepEqual(page.faults.filter((fault) => !fault.includes('400')), []);
    await page.context().close();
  });
});

describe('account assets', () => {
  test('are added, move in one step, and are found from the instance and by the public', async () => {
    const page = await operate('/customers/northgate');
    const assets = section(page, 'assets');
    await press(assets, 'Add an account asset');
    await dialog(page).locator('[name=instance]').fill('catalog eu99');
    await press(dialog(page), 'Add an account asset');
    await dialog(page).locator('.field.wrong', { hasText: 'catalog eu99' }).waitFor();
    await dialog(page).locator('[name=instance]').fill('Catalog EU01');
    await dialog(page).locator('[name=from]').fill('2026-01-01T00:00');
    await press(dialog(page), 'Add an account asset');
    await closed(page);
    await assets.locator('tr.now', { hasText: 'Catalog EU01' }).waitFor();
    const { assets: [kept] } = await api('GET', '/customers/northgate');
    assert.equal(kept.from, '2025-12-31T23:00:00Z'); // as Amsterdam's clocks had it

    const reader = await visit(`${hub.url}/?q=northgate+library`);
    const says = async (text) => {
      for (let tries = 0; tries < 200 && !(await reader.locator('main').innerText()).includes(text); tries += 1) await reader.reload();
      assert.ok((await reader.locator('main').innerText()).includes(text), text);
    };
    await says('serves Northgate Library');

    await press(assets.locator('tr.now'), 'Move');
    await dialog(page).locator('[name=instance]').fill('catalog-us01');
    await press(dialog(page), 'Move');
    await closed(page);
    await assets.locator('tr.now', { hasText: 'Catalog US01' }).waitFor();
    await assets.locator('tr.ended', { hasText: 'Catalog EU01' }).waitFor();
    await says('Catalog US01');
    assert.ok(!(await reader.locator('main').innerText()).includes('Catalog EU01'));
    await reader.context().close();

    await page.goto(`${hub.operator}/console/instances/catalog-us01`);
    await section(page, 'tenants').getByRole('link', { name: 'Northgate' }).click();
    await assets.locator('tr.now').waitFor();
    await press(assets.locator('tr.now'), 'End');
    await press(dialog(page), 'End');
    await assets.locator('tr.now').waitFor({ state: 'detached' });
    assert.equal(await assets.locator('tr.ended').count(), 2);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('contacts', () => {
  test('are added and changed; who was not first is told', async () => {
    const page = await operate('/customers/northgate');
    const contacts = section(page, 'contacts');
    await press(contacts, 'Add a contact');
    await dialog(page).locator('[name=name]').fill('Mary Jones');
    await dialog(page).locator('[name=email]').fill('mary@northgate.example');
    await dialog(page).locator('[name="product/catalog"]').check();
    await press(dialog(page), 'Add a contact');
    const line = contacts.locator('tbody tr', { hasText: 'Mary Jones' });
    await line.waitFor();

    // What the hub alone can know stands beside its field, and the field has the focus.
    await press(contacts, 'Add a contact');
    await dialog(page).locator('[name=name]').fill('Another Mary');
    await dialog(page).locator('[name=email]').fill('mary@northgate.example');
    await press(dialog(page), 'Add a contact');
    await dialog(page).locator('.field.wrong .fault', { hasText: 'has a contact with the address' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), 'email');
    assert.equal(await dialog(page).locator('[name=email]').getAttribute('aria-invalid'), 'true');
    await page.keyboard.press('Escape');
    page.faults = page.faults.filter((fault) => !fault.includes('409'));

    await press(line, 'Change');
    const { contacts: [mary] } = await api('GET', '/customers/northgate');
    await api('PATCH', `/customers/northgate/contacts/${mary.id}`, { name: 'Mary Smith' });
    await contacts.locator('tbody tr', { hasText: 'Mary Smith' }).waitFor(); // seen behind the dialog
    await dialog(page).locator('[name=name]').fill('Mary Miller');
    await press(dialog(page), 'Save');
    await dialog(page).locator('.failure', { hasText: 'Somebody else changed this' }).waitFor();
    await page.keyboard.press('Escape');
    page.faults = page.faults.filter((fault) => !fault.includes('412'));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('are exported and erased, and the ledger tells of them no more', async () => {
    const page = await operate('/customers/northgate');
    const line = section(page, 'contacts').locator('tbody tr', { hasText: 'Mary Smith' });
    await press(line, 'Export the data');
    const [download] = await Promise.all([page.waitForEvent('download'), press(dialog(page), 'Export the data')]);
    const exported = JSON.parse(await readFile(await download.path(), 'utf8'));
    assert.equal(exported.contact.email, 'mary@northgate.example');
    assert.equal(exported.entries.length, 2);
    await closed(page);
    await press(line, 'Erase');
    await press(dialog(page), 'Erase');
    await page.locator('.notices', { hasText: '2 entries told of them' }).waitFor();
    await section(page, 'contacts').locator('.empty').waitFor();
    const { entries } = await api('GET', '/ledger/entries?limit=200');
    assert.ok(!JSON.stringify(entries).includes('northgate.example'));
    await page.context().close();
  });
});

describe('a table', () => {
  test('is looked at first, tells each mistake with its line, and is imported then', async () => {
    const page = await operate('/customers/import');
    await page.locator('#pasted').fill('id,name,territory,time_zone,language\nharbor,Harbor,emea,Europe/Amsterdam,en\nmeadow,Meadow,mars,Europe/Amsterdam,xx\n');
    await press(page, 'Look at it');
    const mistakes = page.locator('table.mistakes tbody tr');
    await mistakes.nth(1).waitFor();
    assert.deepEqual(await mistakes.locator('td').allInnerTexts(), ['3', 'territory', '3', 'language']);

    const table = ['id,name,territory,time_zone,language', ...Array.from({ length: 1200 }, (_, i) => `library-${String(i).padStart(4, '0')},Library ${i},emea,Europe/Amsterdam,en`)].join('\r\n');
    await page.locator('input[type=file]').setInputFiles({ name: 'latin.csv', mimeType: 'text/csv', buffer: Buffer.from([0x69, 0x64, 0xe9]) });
    await page.locator('.failure', { hasText: 'latin.csv is not in UTF-8' }).waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'libraries.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${table}`) });
    await page.locator('h2', { hasText: 'libraries.csv' }).waitFor();
    await page.getByRole('button', { name: 'Import: 1,200 changes' }).click();
    await page.locator('.done', { hasText: 'Imported.' }).waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'libraries.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
    await page.locator('text=there is nothing to import').waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test('makes a list that is light, found in, and followed', async () => {
    const page = await operate('/customers');
    const found = (text) => page.locator('.found', { hasText: text }).waitFor();
    await found('1,000 institutions+');
    const rows = () => page.locator('tbody tr:not(.gap)').count();
    assert.ok(await rows() < 80, `${await rows()} rows`);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await found(/^1,201 institutions$/);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.locator('tr[aria-rowindex="1202"]').waitFor();
    assert.ok(await rows() < 80, `${await rows()} rows at the end`);
    await page.keyboard.press('/');
    await page.keyboard.type('library 77', { delay: 5 });
    await found('11 institutions'); // 77, and 770 to 779
    assert.match(page.url(), /q=library\+77/);
    await importTable('id,name,territory,time_zone,language\nlibrary-7777,Library 7777,na,America/Chicago,en\n');
    await found('12 institutions');
    await page.locator('select').selectOption('na');
    await found('One institution');
    await page.locator('input[type=search]').fill('nothing of the kind');
    await page.getByRole('button', { name: 'Show all' }).click();
    await found('1,000 institutions+');
    assert.equal(await page.locator('input[type=search]').inputValue(), '');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
});

describe('every page of the room', () => {
  for (const { name, ...options } of [{ name: 'wide' }, { name: 'phone, dark', viewport: { width: 360, height: 780 }, colorScheme: 'dark' }, { name: 'right to left', locale: 'he-IL' }]) {
    test(`is accessible and not wider than its window: ${name}`, async () => {
      await importTable('institution,product,instance,from,until\nnorthgate,discovery,discovery-eu01,2026-01-01,\n');
      await importTable('institution,name,email,products\nnorthgate,Tom Reader,tom@northgate.example,catalog|discovery\n');
      const found = [];
      for (const [path, complete] of [['/customers', 'table.customers tbody th'], ['/customers/northgate', '#contacts'], ['/customers/import', '#pasted'], ['/instances/discovery-eu01', '#tenants']]) {
        const page = await operate(path, options);
        await page.locator(complete).first().waitFor();
        const hidden = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(hidden <= 0, `${path} is ${hidden} pixels too wide`);
        found.push(...(await violations(page)).map((one) => `${path} ${one}`));
        await page.context().close();
      }
      assert.deepEqual(found, []);
    });
  }
});

describe('who may only read', () => {
  test('is offered nothing else; who may not even that, not the room', async () => {
    const admin = await firstAdministrator();
    await admin.context().close();
    const auditor = await somebody('ines', 'auditor');
    await auditor.goto(`${hub.url}/console/customers/northgate`);
    await section(auditor, 'contacts').getByText('Tom Reader').waitFor();
    assert.equal(await auditor.locator('main button').count(), 0);
    await auditor.goto(`${hub.url}/console/customers`);
    await auditor.locator('table.customers tbody th').first().waitFor();
    assert.equal(await auditor.locator('.actions').count(), 0);

    const privacy = await somebody('petra', 'privacy_officer');
    await privacy.goto(`${hub.url}/console/customers/northgate`);
    await section(privacy, 'contacts').getByRole('button', { name: 'Erase' }).waitFor();
    assert.equal(await privacy.getByRole('button', { name: 'Change', exact: true }).count(), 0);

    const viewer = await somebody('vera', 'viewer');
    await viewer.locator('ul.counts').waitFor();
    assert.equal(await viewer.locator('nav.rooms').getByText('Customers').count(), 0);
    for (const page of [auditor, privacy, viewer]) await page.context().close();
  });
});
