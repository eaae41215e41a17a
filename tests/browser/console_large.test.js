// The console before a real hub of 1,000 instances, from its first second on: every list answers
// to filter and keys, and keeps few rows in the document.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { largeCloud } from './hub.js';
import { hub, operate, withHub } from './with_hub.js';

// Seven of them: 0900, 0915 … 0990.
withHub({ write: largeCloud, broken: ['/catalog-na09'] });

const most = 2500; // nodes of a page, whatever it is about
const nodes = (page) => page.evaluate(() => document.querySelectorAll('*').length);
const rows = (page) => page.locator('tbody tr:not(.gap)').count();
const toEnd = (page) => page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
const pages = [];

async function open(path) {
  const page = await operate(path);
  pages.push(page);
  return page;
}

describe('of 1,000 instances', () => {
  after(() => Promise.all(pages.map((page) => page.context().close())));

  test('the overview tells the worst, from all unknown to seven that are down, without a reload', async () => {
    const page = await open('');
    await page.locator('.more').waitFor(); // at first none is measured: all of them are told of
    assert.ok(await page.locator('.trouble').count() <= 40);
    assert.ok(await nodes(page) < most);
    await page.locator('h1', { hasText: 'Service interruption at 7 instances' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.trouble').length === 7);
    assert.deepEqual(await page.locator('.counts .number').allInnerTexts(), ['7', '0', '0', '0', '993']);
    assert.ok(await nodes(page) < most);
    assert.deepEqual(page.faults, []);
  });

  test('each is found by words, indicator, group and keys', async () => {
    const page = await open('/instances');
    const found = (number) => page.locator('.found p', { hasText: new RegExp(`^${number} instances?$`, 'i') }).waitFor();
    await found('1,000');
    assert.equal(await page.locator('table.instances').getAttribute('aria-rowcount'), '1001');
    assert.ok(await rows(page) < 80, `${await rows(page)} rows`);
    await toEnd(page);
    await page.locator('tr[aria-rowindex="1001"]').waitFor();
    assert.ok(await rows(page) < 80, `${await rows(page)} rows at the end`);

    await page.keyboard.press('/');
    await page.keyboard.type('resolver apac', { delay: 5 });
    await found('67');
    assert.match(page.url(), /q=resolver/);
    await page.locator('input[type=search]').fill('');
    await found('1,000');
    await page.getByRole('button', { name: /^Service interruption/ }).click();
    await found('7');
    assert.equal(await rows(page), 7);
    await page.getByRole('button', { name: /^Service interruption/ }).click();
    for (const [group, size] of [['territory', 3], ['product', 5], ['state', 2]]) {
      await page.locator('select').selectOption(group);
      await page.waitForFunction((all) => document.querySelector('table.instances').ariaRowCount === String(all), 1001 + size);
      assert.ok(await rows(page) < 80, `${await rows(page)} rows by ${group}`);
    }
    await page.locator('select').selectOption('none');

    await page.evaluate(() => window.scrollTo(0, 0));
    await page.locator('tr[aria-rowindex="2"]').waitFor();
    await page.locator('h1').click(); // out of the field
    for (let step = 0; step < 120; step += 1) await page.keyboard.press('j');
    await page.waitForFunction(() => Number(document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')) > 100);
    assert.ok(await rows(page) < 80);
    assert.ok(await nodes(page) < most);
    assert.deepEqual(page.faults, []);
  });

  test('all are printed, and a longer list says how much of it is', async () => {
    const print = (page, when) => page.evaluate((name) => dispatchEvent(new Event(name)), when);
    const page = await open('/instances');
    await page.locator('table.instances tbody th').first().waitFor();
    await print(page, 'beforeprint');
    await page.waitForFunction(() => document.querySelectorAll('table.instances tbody th').length === 1000);
    await print(page, 'afterprint');
    await page.waitForFunction(() => document.querySelectorAll('table.instances tbody th').length < 80);
    assert.equal(await page.locator('.printed').count(), 0);

    await page.goto(`${hub.operator}/console/ledger`);
    while (await page.locator('.printed').count() === 0) await toEnd(page); // more than 2,000 are read
    await page.emulateMedia({ media: 'print' });
    assert.match(await page.locator('.printed').innerText(), /^Printed are the first 2,000 of \d,\d\d\d rows/);
    assert.deepEqual(page.faults, []);
  });

  test('one is opened by the palette, with its check and its verdicts', async () => {
    const page = await open('/instances');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('catalog na0915');
    await page.locator('#commands li[aria-selected=true]', { hasText: 'Catalog NA0915' }).waitFor();
    assert.ok(await nodes(page) < most);
    await page.keyboard.press('Enter');
    await page.locator('.state-card.x').waitFor();
    await page.locator('table.checks a').click();
    await page.locator('.observation').getByText('503').first().waitFor();
    await page.locator('.timeline .verdicts li.x').first().waitFor();
    assert.deepEqual(page.faults, []);
  });

  test('the ledger of their first minute is read to its first entry, and filtered', async () => {
    const page = await open('/ledger');
    const read = async () => Number(await page.locator('table.entries').getAttribute('aria-rowcount')) - 1;
    await page.locator('table.entries tbody th').first().waitFor();
    const newest = Number((await page.locator('table.entries td.index').first().innerText()).replace(',', ''));
    assert.ok(newest > 3000, `${newest} entries`);
    while (await read() <= newest) {
      const before = await read();
      await toEnd(page);
      await page.waitForFunction((old) => Number(document.querySelector('table.entries').ariaRowCount) - 1 > old, before);
      assert.ok(await rows(page) < 100, `${await rows(page)} rows`);
    }
    await toEnd(page);
    await page.locator('td.index a', { hasText: /^0$/ }).waitFor();
    assert.ok(await nodes(page) < most);

    await page.locator('input[name=object]').fill('instance/catalog-na0915');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('table.entries')?.ariaRowCount === '3'); // configured, and down
    await page.locator('table.entries th a').first().click();
    await page.locator('.verification.n').waitFor();
    assert.deepEqual(page.faults, []);
  });
});
