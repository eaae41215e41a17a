// A page of a hub as a reader opens it: alone in its context, patient, and keeping what it complains
// of in `faults`. CONSOLE_WWW=build/console/www shows that build of the console in place of the one
// in the program, under the program's own policy: for working without building the program.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

export const patience = Number(process.env.PATIENCE ?? 120_000); // a busy machine is slow, not wrong
const www = process.env.CONSOLE_WWW;

async function fromBuild(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname === '/console/letter') return route.continue();
  if (pathname.startsWith('/console/assets/')) {
    const path = join(www, 'assets', basename(pathname));
    return existsSync(path) ? route.fulfill({ path }) : route.continue(); // the program's, after a redirect
  }
  const { 'content-encoding': _, ...headers } = (await route.fetch()).headers();
  return route.fulfill({ headers, body: await readFile(join(www, 'index.html')) });
}

export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(patience);
  if (www) await context.route(/\/console(\/|\?|$)/, fromBuild);
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    if (url.endsWith('/api/v1/session')) return; // how the console learns that nobody is signed in
    page.faults.push(`${message.text()} ${url}`);
  });
  page.on('pageerror', (error) => page.faults.push(String(error)));
  await page.goto(url, { timeout: patience });
  await page.locator('h1').waitFor();
  return page;
}

/** Through a one-time link, choosing a password; the first administrator chooses a name besides. */
export async function comeIn(page, password, { name, login } = {}) {
  if (name) await page.locator('input[name=name]').fill(name);
  if (login) await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=again]').fill(password);
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.locator('details.account').waitFor();
}
