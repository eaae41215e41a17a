// The console's event stream, cut and resumed: what changed meanwhile is shown without a reload.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { patience } from './visit.js';
import { hub, operate, withHub } from './with_hub.js';

withHub();

const follow = async (path) => {
  const page = await operate(path);
  await page.locator('.live.live').waitFor();
  await page.evaluate(() => (window.sameDocument = true));
  return page;
};
const trouble = (page) => page.locator('.trouble.x', { hasText: 'Catalog EU01' });
const verdicts = (page) => page.locator('table.entries tr', { hasText: 'monitoring.verdict.changed' });

// Until the hub itself says so to everybody.
async function publicly(works) {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const { components } = await (await fetch(`${hub.url}/api/v2/components.json`)).json();
    if ((components.find(({ id }) => id === 'catalog-eu01').status === 'operational') === works) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(`the hub does not notice that Catalog EU01 ${works ? 'works' : 'is down'}`);
}

describe('the stream', () => {
  test('is cut, and what happened meanwhile is shown once it is back', async () => {
    await publicly(true);
    const overview = await follow(''), instance = await follow('/instances/catalog-eu01'), ledger = await follow('/ledger');
    await ledger.locator('table.entries tbody th').first().waitFor();
    const before = await verdicts(ledger).count();
    hub.cut();
    for (const page of [overview, instance, ledger]) await page.locator('.live.lost').waitFor();
    hub.service.works = false;
    await publicly(false);
    assert.equal(await trouble(overview).count(), 0);
    hub.mend();
    for (const page of [overview, instance, ledger]) await page.locator('.live.live').waitFor();
    await trouble(overview).waitFor();
    await instance.locator('.state-card.x').waitFor();
    await verdicts(ledger).nth(before).waitFor();

    hub.service.works = true; // and it is live again
    await trouble(overview).waitFor({ state: 'detached' });
    await instance.locator('.state-card.n').waitFor();
    for (const page of [overview, instance, ledger]) {
      assert.equal(await page.evaluate(() => window.sameDocument), true);
      await page.context().close();
    }
  });

  test('goes on after a restart of the hub', async () => {
    const overview = await follow(''), instance = await follow('/instances/catalog-eu01');
    await hub.restart(async () => {
      for (const page of [overview, instance]) await page.locator('.live.lost').waitFor();
      hub.service.works = false;
    });
    for (const page of [overview, instance]) await page.locator('.live.live').waitFor();
    await trouble(overview).waitFor();
    await instance.locator('.state-card.x').waitFor();
    hub.service.works = true;
    await trouble(overview).waitFor({ state: 'detached' });
    await instance.locator('.state-card.n').waitFor();
    for (const page of [overview, instance]) {
      assert.equal(await page.evaluate(() => window.sameDocument), true);
      await page.context().close();
    }
  });
});
