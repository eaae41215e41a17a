// Takes the console's pictures of docs/screenshots from a running sample cloud, as its operator:
//   node console_screenshots.js .nocturn/data/hub.sock
// The sample cloud keeps no customers and has no notices; some of both are made for their pictures, and
// an instance with something to say. Trouble is to be there: nocturn demo outage discovery-us01, and
// slow resolver-eu01, a minute before.
import { join } from 'node:path';
import { throughSocket } from './hub.js';
import { here, openBrowser } from './site.js';

const [socket = join(here, '../../.nocturn/data/hub.sock'), out = join(here, '../../docs/screenshots')] = process.argv.slice(2);
const hub = await throughSocket(socket);
const browser = await openBrowser();
const post = async (path, body) => {
  const answer = await fetch(`${hub.url}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
for (const csv of [
  'id,name,territory,time_zone,language,aliases\nnorthgate,Northgate University,emea,Europe/Amsterdam,en,NGU|Northgate Library\nharbor,Harbor College,na,America/New_York,en,\n',
  'institution,name,email,language,products\nnorthgate,Mary Jones,mary@northgate.example,,catalog|discovery\nnorthgate,Dana Levi,dana@northgate.example,he,catalog\n',
  'institution,product,instance,from,until\nnorthgate,catalog,catalog-eu01,2026-01-01,\nnorthgate,catalog,catalog-eu02,2024-09-01,2026-01-01\n',
]) {
  await post('/customers/import', { csv, dry_run: false });
}
const shots = [
  { name: 'overview', path: '', ready: 'ul.counts' },
  { name: 'instance', path: '/instances/catalog-eu01/search', ready: '.uplot', height: 1730 },
  { name: 'customer', path: '/customers/northgate', ready: '#contacts', height: 720 },
  { name: 'ledger', path: '/ledger/0', ready: '.verification' },
  { name: 'instances', path: '/instances', ready: 'table.instances tbody th' },
  { name: 'phone', path: '', ready: 'ul.counts', width: 360, height: 800, scale: 1.5, dark: true },
  { name: 'rtl', path: '', ready: 'ul.counts', locale: 'he-IL' },
];
const take = async ({ name, path, ready, act, width = 1280, height = 900, dark, scale, locale = 'en-GB' }) => {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: scale ?? 1, locale });
  page.setDefaultTimeout(60_000);
  await page.goto(`${hub.url}/console${path}`);
  await page.locator(ready).first().waitFor();
  await act?.(page);
  await page.waitForTimeout(1500); // the chart is loaded with its page
  await page.screenshot({ path: join(out, `console-${name}.png`), fullPage: process.argv.includes('--full') });
  await page.close();
};
await post('/status/declarations', { instance: 'repository-us01', indicator: 'information', because: 'A second disk is being added; nobody should notice.' });
for (const shot of shots) await take(shot);

await post('/status/declarations', { instance: 'catalog-eu01', indicator: 'performance', because: 'A switch in the hall failed; a spare one is on its way.' });
await pause(5000); // told, and delivered
const { notices: [notice] } = await (await fetch(`${hub.url}/api/v1/notifications/notices`)).json();
await post('/notifications/notes', { topic: 'trouble', instances: ['catalog-eu01'], notice: notice.id, title: 'The spare switch is there', words: 'It is being built in. Searches are slow until then.' });
await pause(3000);
await post('/status/declarations', { instance: 'catalog-eu01', indicator: 'normal', because: 'The spare switch works.' });
await pause(5000);
await take({ name: 'notice', path: `/notices/${notice.id}`, ready: 'table.deliveries tbody th', height: 1130 });
const write = async (page) => {
  await page.locator('[name=title]').fill('New search');
  await page.locator('[name=words]').fill('The new search opens on Monday.\n\nThe old one stays for a month.');
  await page.locator('form button[type=submit]').click();
  await page.locator('table.audience tbody th').first().waitFor();
  await page.evaluate(() => document.querySelector('.looked').scrollIntoView());
};
await take({ name: 'note', path: '/notices/new?instance=catalog-eu01', ready: '.chips.chosen', act: write, height: 1180 });
await browser.close();
hub.close();
