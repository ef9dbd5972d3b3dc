// Asking where WebAssembly is forbidden, in two tabs at once, and after the way back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as ask from './panel.mjs';
import * as readers from './readers.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const QUESTION = 'Why does a robot fall over?';
const WITH_RELAY = { folder: SITE_AT_BOOK, base: '/book/', relay: {} };
const FORBIDDING =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; script-src 'self' 'unsafe-inline'";
const SLOW = { tokens: 80, delay: 40 };

describe('the panel under a Content-Security-Policy that forbids WebAssembly', () => {
  const site = on.useSite({ headers: { 'content-security-policy': FORBIDDING } });

  it('keeps the question, and says what reader and owner can do', async () => {
    const page = await ask.opened(site, PAGE);
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'failed');
    const notice = ask.lastTurn(page).getByRole('alert');
    assert.match(await notice.innerText(), /WebAssembly is turned off or forbidden\. Update the browser, or tell the owner/);
    await on.accessible(page, { include: '[data-lectern-panel]' });
    await on.screenshot(page, 'ask-wasm-forbidden');
    await notice.getByRole('button', { name: 'Try again' }).waitFor();
  });
});

describe('the panel with a relay under a Content-Security-Policy that forbids WebAssembly', () => {
  const site = on.useSite({ ...WITH_RELAY, headers: { 'content-security-policy': FORBIDDING } });

  it('has its answers from the relay, whose citations lead to their passages', async () => {
    const page = await ask.opened(site, PAGE);
    await site.relay.mock.script({ text: 'It falls when the capture point leaves its foot [1].' });
    await ask.askAndWait(page, QUESTION);
    assert.equal(await ask.lastTurn(page).getByText('WebAssembly').count(), 0);
    const target = await ask.chips(page).first().evaluate((link) => link.href);
    await ask.chips(page).first().click();
    await page.waitForURL(target);
  });

  it('says both what keeps the relay from answering and that nothing can be quoted', async () => {
    const page = await ask.opened(site, PAGE, { signedIn: false });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'failed');
    const text = await ask.lastTurn(page).getByRole('alert').innerText();
    assert.match(text, /Sign in for written answers/);
    assert.match(text, /WebAssembly is turned off or forbidden/);
    await ask.lastTurn(page).getByRole('button', { name: 'Sign in' }).waitFor();
  });
});

describe('two tabs whose conversations the browser keeps', () => {
  const site = on.useSite();

  it('list those of each other as they are held, and add to one without a loss', async () => {
    const page = await ask.opened(site, PAGE);
    const beside = await ask.opened(site, PAGE, { beside: page });
    const entries = ask.panel(beside).getByRole('listitem');
    await ask.button(beside, 'Conversations').click();
    await ask.panel(beside).getByText('What you ask is kept here').waitFor();
    await ask.askAndWait(page, QUESTION);
    await entries.getByRole('button', { name: QUESTION }).first().click();
    await ask.turns(beside).first().waitFor();
    await Promise.all([ask.askAndWait(page, 'What is a quaternion?'), ask.askAndWait(beside, 'What is torque?')]);

    await ask.button(beside, 'Conversations').click();
    assert.equal(await entries.count(), 1);
    await entries.getByRole('button', { name: QUESTION }).first().click();
    await ask.turns(beside).nth(2).waitFor();
    const questions = await ask.turns(beside).getByRole('heading', { level: 3 }).allInnerTexts();
    assert.deepEqual(new Set(questions), new Set([QUESTION, 'What is a quaternion?', 'What is torque?']));
    assert.equal(await ask.turns(page).count(), 2);

    await ask.button(page, 'Conversations').click();
    await ask.button(page, `Delete “${QUESTION}”`).click();
    await ask.button(beside, 'Conversations').click();
    await ask.panel(beside).getByText('What you ask is kept here').waitFor();
  });
});

describe('two tabs of a reader who is signed in', () => {
  const site = on.useSite(WITH_RELAY);

  it('share what the relay keeps, and sign out together, but for what is being typed', async () => {
    const page = await ask.opened(site, PAGE);
    const beside = await ask.opened(site, PAGE, { beside: page });
    await site.relay.mock.script({ text: 'By its feet [1].' });
    await ask.askAndWait(page, QUESTION);
    await ask.button(beside, 'Conversations').click();
    await ask.panel(beside).getByRole('listitem').getByRole('button', { name: QUESTION }).first().click();
    await ask.answer(beside).getByText('By its feet').waitFor();
    await site.relay.mock.script(SLOW);
    await ask.ask(beside, 'And then?');
    await ask.waitForTurn(beside, 'writing');
    await ask.input(beside).fill('And wh');

    await readers.openAccount(page);
    await ask.button(page, 'Sign out').click();
    await ask.panel(beside).getByText('Ask in your own words').waitFor();
    assert.equal(await ask.turns(beside).count(), 0);
    assert.equal(await ask.input(beside).inputValue(), 'And wh');
    await ask.ask(beside, QUESTION);
    await ask.waitForTurn(beside, 'done');
    await ask.lastTurn(beside).getByText('Sign in for written answers').waitFor();
  });
});

describe('the way back to a page with the panel open', () => {
  // Playwright switches the cache off, since most of its own tests cannot have it.
  const site = on.useSite(WITH_RELAY, () => [[], { ignoreDefaultArgs: ['--disable-back-forward-cache'] }]);

  /** Leaves for another origin and comes back; tells whether the browser had kept the page. */
  async function thereAndBack(page) {
    await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.wasKept = persisted)));
    await page.goto(`${site.relay.url}/metrics`);
    assert.notEqual(new URL(page.url()).origin, new URL(site.root).origin);
    await page.goBack({ waitUntil: 'commit' });
    await ask.askButton(page).waitFor();
    return page.evaluate(() => globalThis.wasKept === true);
  }

  it('finds the answer and the question that is being typed, and answers the next one', async () => {
    const page = await ask.opened(site, PAGE);
    await site.relay.mock.script({ text: 'By its feet [1].' });
    await ask.askAndWait(page, QUESTION);
    await ask.input(page).fill('And wh');
    assert.ok(await thereAndBack(page), 'the browser keeps the page');
    assert.equal(await ask.answer(page).getByText('By its feet').count(), 1);
    assert.equal(await ask.input(page).inputValue(), 'And wh');
    await ask.askAndWait(page, 'And then?');
    assert.equal(await ask.turns(page).count(), 2);
  });

  it('finds an answer that was being written whole, or as far as it came with a way to try again', async (t) => {
    const page = await ask.opened(site, PAGE);
    await site.relay.mock.script(SLOW);
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'writing');
    await ask.input(page).fill('And wh');
    const wasKept = await thereAndBack(page);
    t.diagnostic(`the browser had ${wasKept ? 'kept' : 'given up'} the page`);
    if (!wasKept) await ask.openPanel(page);
    await ask.waitForTurn(page, 'done', 'cut');
    assert.match(await ask.answer(page).innerText(), /^w\d/);
    assert.equal(await ask.input(page).inputValue(), 'And wh');
    await site.relay.mock.script({ text: 'Whole.' });
    await ask.lastTurn(page).getByRole('button', { name: /Try again|Answer again/ }).click();
    await ask.waitForTurn(page, 'done');
    assert.equal(await ask.answer(page).innerText(), 'Whole.');
  });

  it('after the reader has signed out in another tab meanwhile shows what is theirs no more', async () => {
    const page = await ask.opened(site, PAGE);
    await site.relay.mock.script({ text: 'By its feet [1].' });
    await ask.askAndWait(page, QUESTION);
    const beside = await ask.opened(site, PAGE, { beside: page });
    await readers.openAccount(beside);
    await page.goto(`${site.relay.url}/metrics`);
    await ask.button(beside, 'Sign out').click();
    await readers.submit(beside, 'Sign in').waitFor();
    await page.goBack({ waitUntil: 'commit' });
    await ask.askButton(page).waitFor();
    if (!(await ask.panel(page).count())) await ask.openPanel(page);
    await ask.panel(page).getByText('Ask in your own words').waitFor();
  });
});
