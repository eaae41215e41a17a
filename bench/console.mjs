#!/usr/bin/env node
// console NOCTURN [ROUNDS]: how soon the console's overview is there, and how much script it takes.
//
// Chromium, signed in, opens the overview of a small cloud and an empty page of the same hub
// (/healthz, a line of text), in turn, each time with an empty cache. Interactive is when the
// counts stand in the document (of the empty page: when it is loaded) and the main thread answers
// the next task, in ms since the navigation began. Medians of ROUNDS (10), their ratio, and the
// bytes of script as they went over the wire. It reports; the console's tests hold the budget.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [program, rounds = '10'] = process.argv.slice(2);
const repository = fileURLToPath(new URL('..', import.meta.url));
const tests = join(repository, 'tests/browser');
execFileSync(join(repository, 'tools/install_node_modules'), [tests], { stdio: 'inherit' });
if (program) process.env.NOCTURN_PROGRAM = program;
const { startHub } = await import(join(tests, 'hub.js'));
const { openBrowser } = await import(join(tests, 'site.js'));
const { comeIn, visit } = await import(join(tests, 'visit.js'));

// Runs in the page before anything of its own.
function watch(wanted) {
  const there = () => (wanted ? document.querySelector(wanted) !== null : document.readyState === 'complete');
  const look = () => {
    if (!there() || window.interactiveAfter !== undefined) return;
    window.interactiveAfter = null;
    setTimeout(() => (window.interactiveAfter = performance.now()));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  addEventListener('load', () => setTimeout(look));
}

async function open(browser, storageState, url, wanted) {
  const context = await browser.newContext({ storageState, locale: 'en-GB' });
  const page = await context.newPage();
  const scripts = [];
  page.on('requestfinished', (request) => request.resourceType() === 'script' && scripts.push(request.sizes()));
  await page.addInitScript(watch, wanted);
  await page.goto(url);
  await page.waitForFunction(() => typeof window.interactiveAfter === 'number');
  const ms = await page.evaluate(() => window.interactiveAfter);
  const bytes = (await Promise.all(scripts)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  await context.close();
  return { ms, bytes };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const round = (number) => Math.round(number * 100) / 100;

const [browser, hub] = await Promise.all([openBrowser(), startHub()]);
try {
  const first = await visit(browser, hub.url + await hub.invitation());
  await comeIn(first, 'four quiet words at night', { name: 'Ada Night', login: 'ada' });
  const storageState = await first.context().storageState();
  await first.context().close();
  const overview = () => open(browser, storageState, `${hub.url}/console`, 'ul.counts');
  const empty = () => open(browser, storageState, `${hub.url}/healthz`, '');
  await overview(); // warms the machine up, not the cache
  await empty();
  const ours = [], theirs = [];
  for (let turn = 0; turn < Number(rounds); turn += 1) {
    ours.push(await overview());
    theirs.push(await empty());
  }
  const consoleMs = median(ours.map(({ ms }) => ms)), emptyMs = median(theirs.map(({ ms }) => ms));
  const bytes = median(ours.map((one) => one.bytes));
  console.log(`overview interactive after ${round(consoleMs)} ms, an empty page of the same hub after ${round(emptyMs)} ms; `
    + `${rounds} rounds, empty cache; ${bytes} bytes of script`);
  console.log(JSON.stringify({ name: 'console_interactive', overview_ms: round(consoleMs), empty_ms: round(emptyMs), ratio: round(consoleMs / emptyMs) }));
  console.log(JSON.stringify({ name: 'console_script', bytes, goal: '<= 153600' }));
} finally {
  await browser.close();
  await hub.stop();
}
