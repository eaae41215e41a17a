// Sign-in at a real provider as a person does it: clicked in Chromium, beginning at the console.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {openBrowser} from '../browser/site.js';
import {visit} from '../browser/visit.js';
import {freePort, Hub} from './hub.js';
import {startProvider} from './provider.js';

const kSecret = 'another secret/with: signs';
let browser, hub, endProvider;

before(async () => {
  const issuer = `http://127.0.0.1:${await freePort()}`;
  [browser, hub] = await Promise.all([openBrowser(), Hub.start(issuer, kSecret)]);
  endProvider = await startProvider(issuer, hub, kSecret);
  await hub.addPerson('ada', 'ada@example.org');
});
after(async () => {
  await browser?.close();
  endProvider?.();
  await hub?.stop();
});

// Its development forms: who one is, then whether the hub may know.
async function passProvider(page, login) {
  await page.getByRole('link', {name: 'Sign in with Staff sign-in'}).click();
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('x');
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=prompt][value=consent]').waitFor({state: 'attached'});
  await page.locator('button[type=submit]').click();
}

test('somebody with an account comes back to the page that was asked for, live', async () => {
  const page = await visit(browser, `${hub.url}/console/instances?q=catalog`);
  await passProvider(page, 'sub-ada');
  await page.locator('table.instances tbody th').first().waitFor();
  assert.equal(page.url(), `${hub.url}/console/instances?q=catalog`);
  await page.locator('.live.live').waitFor();
  assert.match(await page.locator('details.account summary').innerText(), /Person ada/);
  await page.context().close();
});

test('somebody without an account is told so on the page that signs in', async () => {
  const page = await visit(browser, `${hub.url}/console`);
  await passProvider(page, 'sub-bob');
  await page.locator('.failure', {hasText: 'have no account here'}).waitFor();
  await page.locator('input[name=login]').waitFor();
  await page.context().close();
});
