// What the console's tests begin with: one browser and one hub for all tests of a file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { startHub } from './hub.js';
import { openBrowser } from './site.js';
import { comeIn, visit as visitWith } from './visit.js';

export const password = 'four quiet words at night';
export let browser, hub;

/** Before the first test until after the last; `prepare` is done once both are there. */
export function withHub(options, prepare) {
  before(async () => {
    [browser, hub] = await Promise.all([openBrowser(), startHub(options)]);
    await prepare?.();
  });
  after(async () => {
    await browser?.close();
    await hub?.stop();
  });
}

export const visit = (url, options) => visitWith(browser, url, options);
/** A page of the console as the machine's operator. */
export const operate = (path, options) => visit(`${hub.operator}/console${path}`, options);

/** Through the link that the hub printed, the first administrator. */
export async function firstAdministrator() {
  const page = await visit(hub.url + await hub.invitation());
  await comeIn(page, password, { name: 'Ada Night', login: 'ada' });
  return page;
}

/** The API as the machine's operator calls it; what it answers. */
export async function api(method, path, body) {
  const answer = await fetch(`${hub.operator}/api/v1${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Somebody with a new account, signed in at a browser of their own. */
export async function somebody(login, role, name = login) {
  const { invitation_url } = await api('POST', '/people', { name, email: `${login}@example.org`, login, roles: [{ role }] });
  const page = await visit(hub.url + new URL(invitation_url, hub.url).pathname);
  await comeIn(page, password);
  return page;
}

export async function signIn(page, login, with_ = password) {
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(with_);
  await page.locator('form button[type=submit]').click();
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with a page. It is evaluated: a script of it the page's policy would refuse. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), rules);
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).slice(0, 2).join(' | ')}`);
}
