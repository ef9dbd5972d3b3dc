// A chapter retold for its reader, beside the original.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { violations } from '../support/axe.mjs';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import { field, fill, newReader, openAccount, panel, PASSWORD, send, signUp, toSignUp } from './readers.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const RETOLD = 'You run web servers: think of balance as load balancing [1]. The foot is the server [2].\n\nThat is all [999].';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

describe('a chapter', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} });
  const say = (settings) => site.relay.mock.script({ text: RETOLD, size: 8, ...settings });

  it('is retold beside the original, with citations that lead somewhere, and leaves it as it is', async () => {
    await say();
    const page = await reader();
    const before = await original(page);
    await retell(page);
    await retold(page).getByText('load balancing').waitFor();
    await panel(page).getByText('Retold by a machine').waitFor();
    assert.match(await retold(page).innerText(), /The foot is the server/);
    assert.ok(!(await retold(page).innerText()).includes('999'), 'only passages that were sent are cited');
    assert.ok((await retold(page).getByRole('link', { name: /1/ }).or(retold(page).getByRole('button', { name: /1/ })).count()) > 0);
    assert.equal(await original(page), before);
    await on.screenshot(page, 'retell-done');
    await panel(page).getByRole('button', { name: 'Back to the original' }).click();
    await panel(page).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Retell for me');
    assert.equal(await original(page), before);
  });

  it('asks who is not signed in to sign in, and who has no profile for one, and then goes on by itself', async () => {
    await say();
    const page = await site.open(PAGE);
    await retell(page);
    await panel(page).getByText('To have this chapter retold for you, sign in.').waitFor();
    await on.screenshot(page, 'retell-sign-in');
    await toSignUp(page);
    await fill(page, newReader());
    await send(page, 'Create an account');
    await panel(page).getByText('Say who you are').waitFor();
    await on.screenshot(page, 'retell-profile');
    await field(page, 'What you know and do').fill('Web servers');
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await retold(page).getByText('load balancing').waitFor();
  });

  it('is retold in the language that the reader has chosen, else in that of the site', async () => {
    await say();
    const page = await reader();
    const asked = [];
    page.on('request', (request) => request.url().endsWith('/api/personalize') && asked.push(request.postDataJSON()));
    await retell(page);
    await panel(page).getByText('Retold by a machine').waitFor();
    await openView(page, 'account');
    await field(page, 'Language to read in').selectOption('ur');
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Saved', { exact: true }).waitFor();
    await retell(page);
    await panel(page).getByRole('button', { name: 'Retell it again' }).click();
    await panel(page).getByText('Retold by a machine').waitFor();
    assert.deepEqual(asked, [
      { page: PAGE, language: 'en' },
      { page: PAGE, language: 'ur' },
    ]);
  });

  it('stops where the reader says so, keeps what came, and is told again when asked', async () => {
    await say({ text: undefined, tokens: 2000, delay: 20 });
    const page = await reader();
    await retell(page);
    await retold(page).getByText(/w\d+\.5 /).waitFor();
    await on.screenshot(page, 'retell-running');
    await panel(page).getByRole('button', { name: 'Stop' }).click();
    await panel(page).getByText('You stopped it here.').waitFor();
    assert.match(await retold(page).innerText(), /w\d+\.5 /);
    await say();
    await panel(page).getByRole('button', { name: 'Retell it again' }).click();
    await retold(page).getByText('load balancing').waitFor();
    assert.doesNotMatch(await retold(page).innerText(), /w\d+\.5 /);
  });

  it('goes on being retold while another page is read, and is found with its own', async () => {
    await say({ text: `${RETOLD} ${'More of it. '.repeat(30)}The end.`, delay: 20 });
    const page = await reader();
    await retell(page);
    await retold(page).getByText('load balancing').waitFor();
    await page.getByRole('link', { name: 'Glossary' }).first().click();
    await panel(page).getByRole('button', { name: 'Retell this chapter' }).waitFor();
    await on.screenshot(page, 'retell-offer');
    assert.equal(await retold(page).count(), 0);
    await page.goBack();
    await retold(page).getByText('The end.').waitFor();
  });

  it('that breaks off keeps what came, and says what to do', async () => {
    await say({ text: undefined, tokens: 2000, delay: 20 });
    const page = await reader();
    await retell(page);
    await retold(page).getByText(/w\d+\.5 /).waitFor();
    site.front.cut(/personalize/);
    await panel(page).getByText('The text broke off here. Try again.').waitFor();
    assert.match(await retold(page).innerText(), /w\d+\.5 /);
    await on.screenshot(page, 'retell-cut');
    await say();
    await panel(page).getByRole('button', { name: 'Try again' }).click();
    await retold(page).getByText('load balancing').waitFor();
  });

  it('that nobody can or will retell says so', async () => {
    await say({ status: 401 });
    const page = await reader();
    await retell(page);
    await panel(page).getByText('The server cannot answer at the moment').waitFor();
    await say({ text: undefined, refuse: true });
    await panel(page).getByRole('button', { name: 'Try again' }).click();
    await panel(page).getByText('The server will not retell this chapter').waitFor();
    assert.equal(await panel(page).getByRole('button', { name: 'Try again' }).count(), 0);
    await on.screenshot(page, 'retell-refused');
  });

  it('waits for a session that has ended, and goes on after it', async () => {
    await say();
    const ada = newReader();
    const page = await reader(ada);
    await page.context().clearCookies();
    await retell(page);
    await panel(page).getByText('Your session has ended').waitFor();
    assert.equal(await field(page, 'E-mail').inputValue(), ada.email);
    await field(page, 'Password').fill(PASSWORD);
    await send(page, 'Sign in');
    await retold(page).getByText('load balancing').waitFor();
  });

  it('that the relay cannot be asked for says so', async () => {
    await say();
    const page = await reader();
    site.front.down = /personalize/;
    try {
      await retell(page);
      await panel(page).getByText('The server cannot be reached').waitFor();
      await on.screenshot(page, 'retell-unreachable');
    } finally {
      site.front.down = undefined;
    }
    await panel(page).getByRole('button', { name: 'Try again' }).click();
    await retold(page).getByText('load balancing').waitFor();
  });

  for (const colorScheme of ['light', 'dark']) {
    it(`is retold on a phone, in ${colorScheme} colours`, async () => {
      await say();
      const page = await site.open(PAGE, { ...PHONE, colorScheme });
      await on.screenshot(page, `retell-button-phone-${colorScheme}`);
      await retell(page);
      await toSignUp(page);
      await fill(page, newReader());
      await send(page, 'Create an account');
      await panel(page).getByRole('button', { name: 'Save' }).click();
      await panel(page).getByText('Retold by a machine').waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.deepEqual(await violations(page, { include: '[data-lectern-panel]' }), []);
      await on.screenshot(page, `retell-phone-${colorScheme}`);
    });
  }

  for (const colorScheme of ['light', 'dark']) {
    it(`is retold without a fault of accessibility, in ${colorScheme} colours`, async () => {
      await say();
      const page = await reader(undefined, { colorScheme });
      const flawless = async (state) => assert.deepEqual(await violations(page, { include: '[data-lectern-panel]' }), [], state);
      assert.deepEqual(await violations(page, { include: '[data-lectern-retell]' }), []);
      await retell(page);
      await panel(page).getByText('Retold by a machine').waitFor();
      await flawless('retold');
      await on.screenshot(page, `retell-${colorScheme}`);
      await say({ status: 401 });
      await panel(page).getByRole('button', { name: 'Retell it again' }).click();
      await panel(page).getByText('The server cannot answer at the moment').waitFor();
      await flawless('a relay that cannot answer');
      await page.getByRole('link', { name: 'Glossary' }).first().click();
      await panel(page).getByRole('button', { name: 'Retell this chapter' }).waitFor();
      await flawless('the offer');
    });
  }

  it('is retold on a page in Urdu, in Urdu', async () => {
    await say({ text: 'توازن ایسا ہے جیسے سرور پر بوجھ بانٹنا [1]۔' });
    const page = await reader(undefined, {}, 'ur/');
    const asked = page.waitForRequest(/personalize/);
    await page.locator('[data-lectern-retell]').click();
    await retold(page).getByText('توازن').waitFor();
    assert.deepEqual((await asked).postDataJSON(), { page: PAGE, language: 'ur' });
    await on.screenshot(page, 'retell-urdu');
  });

  /** A page of a reader who has an account and a profile. */
  async function reader(who = newReader(), options = {}, locale = '') {
    const page = await site.open(PAGE, options);
    await openAccount(page);
    await signUp(page, who);
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Saved', { exact: true }).waitFor();
    if (locale) await on.visit(page, site.root + locale + PAGE);
    return page;
  }
});

describe('a site without a relay', () => {
  const site = on.useSite();

  it('offers neither accounts nor chapters retold', async () => {
    const page = await site.open(PAGE);
    await page.locator('article').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Retell for me' }).count(), 0);
  });
});

const retold = (page) => panel(page).locator('[aria-busy]').filter({ has: page.locator('p') });
const original = (page) => page.locator('article .markdown').innerText();

function retell(page) {
  return page.getByRole('button', { name: 'Retell for me' }).click();
}

async function openView(page, view) {
  assert.equal(view, 'account');
  await panel(page).getByRole('button', { name: /^Back/ }).first().click();
  await openAccount(page);
}
