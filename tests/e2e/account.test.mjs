// Readers with an account: signing up, in and out, an expired session, a profile, and a relay on another site.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import { describedAs, field, fill, name, newReader, openAccount, panel, PASSWORD, send, signUp, submit, toSignUp } from './readers.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

describe('a reader', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} });

  it('signs up, stays signed in, and signs out', async () => {
    const page = await account(site);
    await on.screenshot(page, 'account-sign-in');
    const ada = newReader();
    await signUp(page, ada);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), ada.name);
    await panel(page).getByText(ada.email).waitFor();
    await page.reload();
    await openAccount(page);
    await name(page, ada).waitFor();
    await panel(page).getByRole('button', { name: 'Sign out' }).click();
    await submit(page, 'Sign in').waitFor();
    await page.reload();
    await openAccount(page);
    await submit(page, 'Sign in').waitFor();
  });

  it('is found by password managers, and can see what they type', async () => {
    const page = await account(site);
    const inputs = () =>
      panel(page).locator('form input').evaluateAll((all) => all.map((own) => [own.name, own.type, own.autocomplete]));
    assert.deepEqual(await inputs(), [
      ['email', 'email', 'username'],
      ['password', 'password', 'current-password'],
    ]);
    await toSignUp(page);
    assert.deepEqual(await inputs(), [
      ['name', 'text', 'name'],
      ['email', 'email', 'username'],
      ['password', 'password', 'new-password'],
    ]);
    await field(page, 'Password').fill('visible');
    await panel(page).getByRole('button', { name: 'Show password' }).click();
    assert.equal(await field(page, 'Password').getAttribute('type'), 'text');
    assert.equal(await field(page, 'Password').inputValue(), 'visible');
  });

  it('is told what is wrong beside the input that it is about', async () => {
    const page = await account(site);
    const ada = newReader();
    await toSignUp(page);
    await fill(page, { ...ada, name: '' });
    await send(page, 'Create an account');
    await describedAs(page, 'Name', /name/);
    await field(page, 'Name').fill(ada.name);
    await field(page, 'E-mail').fill('ada');
    await send(page, 'Create an account');
    await describedAs(page, 'E-mail', /name@example\.org/);
    await fill(page, { ...ada, password: 'short' });
    await send(page, 'Create an account');
    await describedAs(page, 'Password', /8 characters/);
    await on.screenshot(page, 'account-too-short');
    await fill(page, ada);
    await send(page, 'Create an account');
    await name(page, ada).waitFor();

    const again = await account(site);
    await toSignUp(again);
    await fill(again, ada);
    await send(again, 'Create an account');
    await describedAs(again, 'E-mail', /account with this e-mail/);
    await on.screenshot(again, 'account-taken');
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await field(again, 'Password').fill('not the password');
    await send(again, 'Sign in');
    await describedAs(again, 'Password', /do not fit/);
    assert.equal(await field(again, 'E-mail').inputValue(), ada.email);
    await on.screenshot(again, 'account-wrong-password');
  });

  it('finds what they typed when the panel was closed and another page read, but not the password', async () => {
    const page = await account(site);
    const ada = newReader();
    await toSignUp(page);
    await fill(page, ada);
    await closePanel(page);
    await page.getByRole('link', { name: 'Glossary' }).first().click();
    await page.waitForURL(/glossary/);
    await openAccount(page);
    assert.equal(await field(page, 'Name').inputValue(), ada.name);
    assert.equal(await field(page, 'E-mail').inputValue(), ada.email);
    assert.equal(await field(page, 'Password').inputValue(), '');
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.ok(!kept.includes(PASSWORD), kept);
  });

  it('signs out of all tabs at once', async () => {
    const page = await account(site);
    const ada = newReader();
    await signUp(page, ada);
    const other = await account(site, { beside: page });
    await name(other, ada).waitFor();
    await panel(page).getByRole('button', { name: 'Sign out' }).click();
    await submit(other, 'Sign in').waitFor();
  });

  it('signs in again where the session has ended, and loses nothing', async () => {
    const page = await account(site);
    const ada = newReader();
    await signUp(page, ada);
    await field(page, 'What you know and do').fill('Ten years of web servers');
    await endSession(page);
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Your session has ended').waitFor();
    assert.equal(await field(page, 'E-mail').inputValue(), ada.email);
    await on.screenshot(page, 'account-expired');
    await field(page, 'Password').fill(PASSWORD);
    await send(page, 'Sign in');
    await name(page, ada).waitFor();
    assert.equal(await field(page, 'What you know and do').inputValue(), 'Ten years of web servers');
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Saved', { exact: true }).waitFor();
  });

  it('says who they are, and finds it on the next visit', async () => {
    const page = await account(site);
    await signUp(page, newReader());
    await field(page, 'What you know and do').fill('Ten years of web servers');
    await field(page, 'What you want to learn').fill('Balance');
    await panel(page).getByRole('button', { name: 'Add a subject' }).click();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Subject');
    await panel(page).getByLabel('Subject', { exact: true }).fill('Control theory');
    await panel(page).getByLabel('Level').selectOption('Intermediate');
    await field(page, 'Language to read in').selectOption('ur');
    await panel(page).getByText('Not saved yet').waitFor();
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Saved', { exact: true }).waitFor();
    await on.screenshot(page, 'account-profile');
    await page.reload();
    await openAccount(page);
    await field(page, 'What you know and do').waitFor();
    assert.equal(await field(page, 'What you want to learn').inputValue(), 'Balance');
    assert.equal(await panel(page).getByLabel('Level').inputValue(), 'intermediate');
    assert.equal(await field(page, 'Language to read in').inputValue(), 'ur');
    await panel(page).getByRole('button', { name: 'Remove Control theory' }).click();
    assert.equal(await panel(page).getByLabel('Subject', { exact: true }).count(), 0);
  });

  it('takes their data along and deletes the account', async () => {
    const page = await account(site);
    const ada = newReader();
    await signUp(page, ada);
    const download = page.waitForEvent('download');
    await panel(page).getByRole('button', { name: 'Download all of it' }).click();
    assert.equal((await download).suggestedFilename(), 'account.json');
    const chunks = await (await (await download).createReadStream()).toArray();
    assert.equal(JSON.parse(Buffer.concat(chunks).toString()).user.email, ada.email);

    await panel(page).getByRole('button', { name: 'Delete the account…' }).click();
    await on.screenshot(page, 'account-delete');
    await panel(page).getByRole('button', { name: 'Keep it' }).click();
    await panel(page).getByRole('button', { name: 'Delete the account…' }).click();
    await panel(page).getByRole('button', { name: 'Delete for good' }).click();
    await submit(page, 'Sign in').waitFor();
    await fill(page, ada);
    await send(page, 'Sign in');
    await describedAs(page, 'Password', /do not fit/);
  });

  it('is told what to do where the relay cannot be reached, and goes on when it can', async () => {
    const page = await account(site);
    const ada = newReader();
    await toSignUp(page);
    await fill(page, ada);
    site.front.down = /^\/relay\//;
    try {
      await send(page, 'Create an account');
      await panel(page).getByText('The server cannot be reached').waitFor();
      await on.screenshot(page, 'account-unreachable');
      const other = await account(site);
      await panel(other).getByText('The server cannot be reached').waitFor();
      site.front.down = undefined;
      await panel(other).getByRole('button', { name: 'Try again' }).click();
      await submit(other, 'Sign in').waitFor();
    } finally {
      site.front.down = undefined;
    }
    await send(page, 'Create an account');
    await name(page, ada).waitFor();
  });

  it('is told when to try again after too many wrong passwords', async () => {
    const page = await account(site);
    await fill(page, newReader());
    for (let attempt = 0; attempt < 10; attempt++) {
      await send(page, 'Sign in');
      await describedAs(page, 'Password', /do not fit/);
      await field(page, 'E-mail').press('End');
      await field(page, 'E-mail').pressSequentially(' ');
    }
    await send(page, 'Sign in');
    await panel(page).getByText(/Too many attempts\. Try again in 1[0-5] minutes\./).waitFor();
    await on.screenshot(page, 'account-throttled');
  });

  for (const colorScheme of ['light', 'dark']) {
    it(`has a profile that fits a phone, in ${colorScheme} colours`, async () => {
      const page = await account(site, { ...PHONE, colorScheme });
      await on.screenshot(page, `account-phone-${colorScheme}`);
      await signUp(page, newReader());
      await panel(page).getByRole('button', { name: 'Add a subject' }).click();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await on.screenshot(page, `account-profile-phone-${colorScheme}`);
    });
  }

  it('has it by night', async () => {
    const page = await account(site, { colorScheme: 'dark' });
    await signUp(page, newReader());
    await panel(page).getByRole('button', { name: 'Delete the account…' }).click();
    await on.screenshot(page, 'account-profile-dark');
  });
});

describe('a relay where nobody may sign up', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: { LECTERN_SIGN_UP: 'false' } });

  it('says so', async () => {
    const page = await account(site);
    await toSignUp(page);
    await fill(page, newReader());
    await send(page, 'Create an account');
    await panel(page).getByText('New accounts are not open here').waitFor();
  });
});

describe('a relay on another origin', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} });

  it('knows the reader by a token that the next visit has too, and that ends with the session', async () => {
    const prepare = (page) => on.configure(page, '"relayUrl":"/relay"', `"relayUrl":"${site.relay.url}"`);
    const page = await account(site, { prepare });
    const requests = [];
    page.on('request', (request) => request.url().startsWith(site.relay.url) && requests.push(request));
    const ada = newReader();
    await signUp(page, ada);
    await field(page, 'What you want to learn').fill('Balance');
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Saved', { exact: true }).waitFor();
    assert.deepEqual(await page.context().cookies(), []);
    await page.reload();
    await openAccount(page);
    await name(page, ada).waitFor();
    const headers = await Promise.all(requests.map((request) => request.allHeaders()));
    assert.ok(headers.some(({ authorization }) => authorization?.startsWith('Bearer ')));
    assert.ok(requests.every((request) => !request.url().includes('token')));

    const other = await account(site, { beside: page, prepare });
    await name(other, ada).waitFor();
    await panel(page).getByRole('button', { name: 'Sign out' }).click();
    await submit(other, 'Sign in').waitFor();
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('lectern-session')).length), 0);
  });
});

const closePanel = (page) => panel(page).getByRole('button', { name: 'Close' }).click();

/** A page with the panel open at the account. */
async function account(site, options) {
  const page = await site.open(PAGE, options);
  await openAccount(page);
  return page;
}

/** Ends the session behind the page's back, as an operator or another device would. */
function endSession(page) {
  return page.context().clearCookies();
}
