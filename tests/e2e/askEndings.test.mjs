// Answers in whose midst the reader's session or the relay ends.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as ask from './panel.mjs';
import * as readers from './readers.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const QUESTION = 'Why does a robot fall over?';
const WITH_RELAY = { folder: SITE_AT_BOOK, base: '/book/', relay: {} };
const SLOW = { tokens: 120, delay: 40 };

/** Ends the session at the relay, as another device does: the browser has a cookie or a token that is worth nothing. */
const endings = {
  cookie: async (page, { root }) => {
    const { origin } = new URL(root);
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    assert.ok((await fetch(`${origin}/relay/api/auth/sign-out`, { method: 'POST', headers: { cookie, origin } })).ok);
  },
  token: async (page, { relay }) => {
    const token = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith('lectern-session'))[1]);
    const signOut = { method: 'POST', headers: { authorization: `Bearer ${token}` } };
    assert.ok((await fetch(`${relay.url}/api/auth/sign-out`, signOut)).ok);
  },
};

for (const [kind, end] of Object.entries(endings)) {
  describe(`an answer in whose midst the session ends, known by a ${kind}`, () => {
    const site = on.useSite(WITH_RELAY);

    it('is written to its end, and the next question waits for the reader to sign in', async () => {
      const elsewhere = (page) => on.configure(page, '"relayUrl":"/relay"', `"relayUrl":"${site.relay.url}"`);
      const page = await site.open(PAGE, { prepare: kind === 'token' ? elsewhere : undefined });
      await readers.openAccount(page);
      await readers.signUp(page, readers.newReader());
      await ask.button(page, 'Back to the conversation').click();
      await site.relay.mock.script(SLOW);
      await ask.ask(page, QUESTION);
      await ask.waitForTurn(page, 'writing');
      await ask.input(page).fill('And then?');
      await end(page, site);
      assert.equal(await ask.lastTurn(page).getAttribute('data-lectern-turn'), 'writing');
      await ask.waitForTurn(page, 'done');
      assert.match(await ask.answer(page).innerText(), /w\d+\.119\s*$/);

      await site.relay.mock.script({ text: 'By its feet [1].' });
      await ask.input(page).press('Enter');
      await ask.lastTurn(page).getByText('Your session has ended. Sign in again: your question is kept').waitFor();
      await ask.lastTurn(page).getByRole('button', { name: 'Sign in' }).click();
      await readers.field(page, 'Password').fill(readers.PASSWORD);
      await readers.send(page, 'Sign in');
      await ask.lastTurn(page).getByRole('heading', { name: 'And then?' }).waitFor();
      await ask.answer(page).getByText('By its feet').waitFor();
      assert.equal(await ask.turns(page).count(), 2);
    });
  });
}

describe('an answer in whose midst the relay is ended', () => {
  const site = on.useSite(WITH_RELAY);

  it('stays as far as it came and says so, and the next question is kept', async () => {
    const page = await ask.opened(site, PAGE);
    await site.relay.mock.script({ ...SLOW, tokens: 400 });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'writing');
    await ask.input(page).fill('And then?');
    site.relay.process.kill('SIGKILL');
    await ask.waitForTurn(page, 'cut');
    assert.match(await ask.lastTurn(page).innerText(), /broke off here\. The server cannot be reached\. Check the connection and try again/);
    assert.match(await ask.answer(page).innerText(), /^w\d/);
    assert.equal(await ask.input(page).inputValue(), 'And then?');
    await ask.input(page).press('Enter');
    await ask.waitForTurn(page, 'done');
    await ask.lastTurn(page).getByText('The server cannot be reached').waitFor();
    await ask.lastTurn(page).getByText('From the book, word for word').waitFor();
  });
});
