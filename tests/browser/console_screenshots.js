// Takes the console's pictures of docs/screenshots from a running sample cloud, as its operator:
//   node console_screenshots.js .nocturn/data/hub.sock
// The sample cloud keeps no customers; two are added for their picture.
import { join } from 'node:path';
import { throughSocket } from './hub.js';
import { here, openBrowser } from './site.js';

const [socket = join(here, '../../.nocturn/data/hub.sock'), out = join(here, '../../docs/screenshots')] = process.argv.slice(2);
const hub = await throughSocket(socket);
const browser = await openBrowser();
for (const csv of [
  'id,name,territory,time_zone,language,aliases\nnorthgate,Northgate University,emea,Europe/Amsterdam,en,NGU|Northgate Library\nharbor,Harbor College,na,America/New_York,en,\n',
  'institution,name,email,language,products\nnorthgate,Mary Jones,mary@northgate.example,,catalog|discovery\nnorthgate,Dana Levi,dana@northgate.example,he,catalog\n',
  'institution,product,instance,from,until\nnorthgate,catalog,catalog-eu01,2026-01-01,\nnorthgate,catalog,catalog-eu02,2024-09-01,2026-01-01\n',
]) {
  const answer = await fetch(`${hub.url}/api/v1/customers/import`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ csv, dry_run: false }) });
  if (!answer.ok) throw new Error(await answer.text());
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
for (const { name, path, ready, width = 1280, height = 900, dark, scale, locale = 'en-GB' } of shots) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: scale ?? 1, locale });
  page.setDefaultTimeout(60_000);
  await page.goto(`${hub.url}/console${path}`);
  await page.locator(ready).first().waitFor();
  await page.waitForTimeout(1500); // the chart is loaded with its page
  await page.screenshot({ path: join(out, `console-${name}.png`), fullPage: process.argv.includes('--full') });
  await page.close();
}
await browser.close();
hub.close();
