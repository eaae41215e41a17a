// The letters as a mail program with a browser inside shows them: accessible, valid, legible in a
// narrow window and in the dark, and asking nothing of anybody.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openBrowser, writeLetters } from './site.js';
import { markupChecker } from './markup.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = writeLetters();
const letters = readdirSync(folder).filter((name) => name.endsWith('.html'));
const looks = [
  { name: 'wide', viewport: { width: 1000, height: 800 } },
  { name: 'narrow', viewport: { width: 360, height: 780 } },
  { name: 'dark', viewport: { width: 1000, height: 800 }, colorScheme: 'dark' },
];
let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser?.close(); });

const open = async (letter, look) => {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(120_000); // a busy machine is slow, not wrong
  const page = await context.newPage();
  page.asked = [];
  page.on('request', (request) => page.asked.push(request.url()));
  await page.goto(`file://${join(folder, letter)}`);
  return page;
};

test('every letter is valid HTML', async () => {
  assert.ok(letters.length >= 20);
  const faultsOf = markupChecker({
    'no-redundant-role': 'off', // mail programs drop <html> and <body>: the letter names itself
    'prefer-native-element': 'off', // and what they know of elements is old
  });
  for (const letter of letters)
    assert.deepEqual(await faultsOf(readFileSync(join(folder, letter), 'utf8')), [], letter);
});

describe('in a mail program', () => {
  for (const look of looks) {
    test(`axe finds nothing, nothing scrolls sideways, nothing is fetched: ${look.name}`, async () => {
      for (const letter of letters) {
        const page = await open(letter, look);
        assert.deepEqual(page.asked, [`file://${join(folder, letter)}`]);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(content <= window, `${letter}: ${content} > ${window}`);
        await page.addScriptTag({ path: axe });
        const { violations } = await page.evaluate(() => window.axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          // Landmarks are the mail program's.
          rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } },
        }));
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html + ' ' + n.failureSummary).slice(0, 2).join(' | ')}`), [], letter);
        await page.context().close();
      }
    });
  }

  test('a state is told by word and shape without its colour', async () => {
    const page = await open('interruption.en.html', looks[0]);
    const cell = await page.locator('tbody tr').first().innerText();
    assert.match(cell, /Discovery EU01\s+✕ Service interruption\s+since 22 Nov 2026, 07:43 CET \(06:43\sUTC\)/);
    await page.context().close();
  });

  test('a Hebrew letter runs from right to left without the frame that mail programs drop', async () => {
    const page = await open('interruption.he.html', looks[0]);
    await page.evaluate(() => {
      document.documentElement.removeAttribute('dir');
      document.documentElement.removeAttribute('lang');
    });
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('td')).direction), 'rtl');
    await page.context().close();
  });
});
