// Takes the pictures of docs/screenshots from the sample cloud, its pages and letters:  npm run screenshots
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { here, openBrowser, serve, writeLetters, writePages } from './site.js';
import { startSubscriptions } from './subscribe_site.js';

const out = process.argv[2] ?? join(here, '../../docs/screenshots');
mkdirSync(out, { recursive: true });
const subscriptions = await startSubscriptions();
const site = await serve(join(writePages(), 'sample'));
const browser = await openBrowser();
const shots = [
  { name: 'wide', path: '/', width: 1280, height: 1000 },
  { name: 'phone', path: '/', width: 360, height: 800, scale: 1.5 },
  { name: 'dark', path: '/', width: 1280, height: 1000, dark: true },
  { name: 'rtl', path: '/?lang=he', width: 1280, height: 1000 },
  { name: 'instance', path: '/instances/discovery-eu01', width: 1280, height: 1000 },
  { name: 'subscribe', path: '/subscribe?instance=catalog-eu01', width: 1280, height: 1000, of: subscriptions },
  { name: 'subscribe-phone', path: '/subscribe?lang=he&instance=catalog-eu01', width: 360, height: 800, scale: 1.5, of: subscriptions },
];
for (const { name, path, width, height, dark, scale, of = site } of shots) {
  const page = await browser.newPage({
    viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: scale ?? 1,
    javaScriptEnabled: false, // the pictures tell the sample's time, not how old it is by now
  });
  page.setDefaultTimeout(120_000);
  await page.goto(of.url + path);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: process.argv.includes('--full') });
  await page.close();
}
const folder = writeLetters();
const letters = [
  { name: 'letter', letter: 'interruption.en', width: 720 },
  { name: 'letter-rtl', letter: 'moved.he', width: 360, dark: true, scale: 1.5 },
];
for (const { name, letter, width, dark, scale } of letters) {
  const page = await browser.newPage({
    viewport: { width, height: 400 }, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: scale ?? 1,
  });
  await page.goto(`file://${join(folder, letter)}.html`);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  await page.close();
}
await browser.close();
site.close();
subscriptions.close();
process.exit(0);
