// What administrators do to others and everybody to their own account, clicked through before a
// real hub: who is concerned sees it in an open console, without a reload.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firstAdministrator, hub, password, signIn, somebody, visit, withHub } from './with_hub.js';

let admin;
withHub({}, async () => {
  admin = await firstAdministrator();
});

const send = (method, path, body, headers = {}) => fetch(path, { method, headers: { 'content-type': 'application/json', ...headers }, ...(body ? { body: JSON.stringify(body) } : {}) });
const goto = (page, path) => page.goto(`${hub.url}/console${path}`);
const asked = (page) => page.locator('input[name=login]').waitFor(); // to sign in

// In the administrator's browser: a button, and the same in the dialog that asks whether it is meant.
async function confirm(button) {
  await admin.getByRole('button', { name: button, exact: true }).click();
  await admin.locator('dialog').getByRole('button', { name: button, exact: true }).click();
  await admin.locator('dialog').waitFor({ state: 'detached' });
}

describe('a command line', () => {
  const ask = async () => (await send('POST', `${hub.url}/api/v1/devices`, { client: 'nocturn on a-laptop' })).json();
  const poll = ({ device_code }) => send('POST', `${hub.url}/api/v1/devices/token`, { device_code });

  test('is let in by its code, however it is typed', async () => {
    const device = await ask();
    assert.equal((await poll(device)).status, 409);
    await goto(admin, '/devices');
    await admin.locator('input[name=code]').fill(device.user_code.toLowerCase());
    await admin.getByRole('button', { name: 'Next' }).click();
    await admin.locator('dl.facts', { hasText: 'nocturn on a-laptop' }).waitFor();
    await admin.getByRole('button', { name: 'Approve' }).click();
    await admin.locator('[role=status]', { hasText: 'Approved.' }).waitFor();
    const given = await (await poll(device)).json();
    assert.equal(given.login, 'ada');
    const people = await send('GET', `${hub.url}/api/v1/people`, null, { authorization: `Bearer ${given.token}` });
    assert.equal(people.status, 200);
  });

  test('is turned away by the address it shows; a code that is none can be typed again', async () => {
    const device = await ask();
    const { pathname, search } = new URL(device.verification_url);
    await admin.goto(hub.url + pathname + search);
    await admin.getByRole('button', { name: 'Deny' }).click();
    await admin.locator('[role=status]', { hasText: 'Denied.' }).waitFor();
    assert.equal((await poll(device)).status, 403);
    await admin.goto(hub.url + pathname + search);
    await admin.locator('.failure').waitFor();
    await admin.getByRole('button', { name: 'Type another code' }).click();
    await admin.locator('input[name=code]').waitFor();
  });
});

describe('the own password', () => {
  test('is changed with the present one; other sessions end, and are gone from the list', async () => {
    const here = await somebody('dora', 'viewer', 'Dora Gate');
    const there = await visit(`${hub.url}/console/instances`);
    await signIn(there, 'dora', password);
    await there.locator('table.instances tbody th').first().waitFor();

    await goto(here, '/account');
    const sessions = here.locator('section[aria-labelledby=sessions] .entries-list li');
    await sessions.nth(1).waitFor();
    const change = async (current, next) => {
      await here.locator('input[name=current]').fill(current);
      await here.locator('input[name=new]').fill(next);
      await here.locator('input[name=again]').fill(next);
      await here.getByRole('button', { name: 'Change the password' }).click();
    };
    await change('not the present one', 'another four quiet words');
    await here.locator('.field.wrong', { hasText: 'The present password is not right.' }).waitFor();
    await change(password, 'another four quiet words');
    await here.locator('.notices', { hasText: 'The password is changed' }).waitFor();
    await sessions.nth(1).waitFor({ state: 'detached' });
    assert.match(await sessions.innerText(), /this one/);

    await here.getByText('New token').click();
    await here.locator('input[name=name]').fill('a script');
    await here.locator('input[name="scope/read_status"]').check();
    await here.getByRole('button', { name: 'Make the token' }).click();
    const token = here.locator('.entries-list', { hasText: 'a script' });
    await token.waitFor();
    await here.getByLabel('Revoke my tokens, too').check();
    await change('another four quiet words', 'another five quiet words');
    await here.locator('.notices', { hasText: 'all your tokens are ended' }).waitFor();
    await token.waitFor({ state: 'detached' });

    await asked(there);
    await signIn(there, 'dora', password);
    await there.locator('.failure', { hasText: 'not right' }).waitFor();
    await signIn(there, 'dora', 'another five quiet words');
    await there.locator('table.instances tbody th').first().waitFor();
    await here.context().close();
    await there.context().close();
  });
});

describe('a program', () => {
  test('gets an account, and a token that works until it is revoked', async () => {
    await goto(admin, '/people');
    await admin.getByRole('button', { name: 'Add a service account' }).click();
    const dialog = admin.locator('dialog');
    await dialog.locator('input[name=login]').fill('wallboard');
    await dialog.locator('input[name="role/viewer"]').check();
    await dialog.getByRole('button', { name: 'Add a service account' }).click();
    await admin.waitForURL('**/console/accounts/*');
    await admin.locator('h1', { hasText: 'wallboard' }).waitFor();
    await admin.getByText('New token').click();
    await admin.locator('input[name=name]').fill('the screen in the hall');
    await admin.locator('input[name="scope/read_status"]').check();
    await admin.getByRole('button', { name: 'Make the token' }).click();
    const token = await admin.locator('.secret code').innerText();
    assert.match(token, /^nct_/);
    const tokens = admin.locator('.entries-list', { hasText: 'the screen in the hall' });
    await tokens.waitFor();
    const read = async (path) => (await send('GET', hub.url + path, null, { authorization: `Bearer ${token}` })).status;
    assert.equal(await read('/api/v1/status'), 200);
    assert.equal(await read('/api/v1/ledger/entries'), 403);
    await confirm('Revoke');
    await tokens.waitFor({ state: 'detached' });
    assert.equal(await read('/api/v1/status'), 401);
    await goto(admin, '/people');
    await admin.locator('#services ~ .scroll', { hasText: 'wallboard' }).waitFor();
  });
});

describe('somebody else', () => {
  test('gets another role, is disabled, enabled and removed, and sees each at once', async () => {
    const guest = await somebody('cleo', 'viewer', 'Cleo Desk');
    admin.faults = [];
    await guest.goto(`${hub.url}/console/instances/catalog-us01`);
    await guest.locator('.state-card').waitFor();
    await guest.locator('.live.live').waitFor();
    await guest.evaluate(() => (window.sameDocument = true));
    assert.equal(await guest.getByText('Declare a state').count(), 0);

    await goto(admin, '/people');
    await admin.getByRole('link', { name: 'Cleo Desk' }).click();
    await admin.getByRole('button', { name: 'Change roles' }).click();
    await admin.locator('dialog input[name="role/operator"]').check();
    await admin.locator('dialog input[name="role/viewer"]').uncheck();
    await admin.locator('dialog').getByRole('button', { name: 'Save' }).click();
    await admin.locator('dialog').waitFor({ state: 'detached' });
    const grants = admin.locator('section[aria-label=cleo] .grant');
    await grants.filter({ hasText: 'Operator' }).waitFor();
    assert.equal(await grants.count(), 1);
    await guest.getByText('Declare a state').waitFor();

    await confirm('Disable');
    await admin.locator('.badge', { hasText: 'disabled' }).waitFor();
    await asked(guest);
    await signIn(guest, 'cleo', password);
    await guest.locator('.failure', { hasText: 'not right' }).waitFor();

    await confirm('Enable');
    await admin.locator('.badge', { hasText: 'disabled' }).waitFor({ state: 'detached' });
    await signIn(guest, 'cleo', password);
    await guest.getByText('Declare a state').waitFor();
    await guest.locator('.live.live').waitFor();

    await confirm('Remove the person');
    await admin.locator('.notices', { hasText: 'Cleo Desk is removed.' }).waitFor();
    await admin.locator('table.people', { hasText: 'Ada Night' }).waitFor();
    assert.equal(await admin.locator('table.people', { hasText: 'Cleo Desk' }).count(), 0);
    await asked(guest);
    assert.equal(await guest.evaluate(() => window.sameDocument), true);
    await goto(admin, '/ledger?type=identity.person.removed');
    await admin.locator('table.entries tbody th').first().waitFor();
    assert.deepEqual(admin.faults, []);
    await guest.context().close();
  });
});
