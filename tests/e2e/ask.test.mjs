// Asking the book: with a relay, without one, and where neither relay nor engine can be had.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const QUESTION = 'Why does a robot fall over?';
const ANSWER = 'It falls when the **capture point** leaves its foot [1].\n\n- Step there [2].\n\n```py\nstep(x)\n```\n\nSo it goes on.';
const RELAY = /^\/relay\/api\/chat/;

describe('the panel with a relay', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} });

  /** A page whose reader is signed in, with the panel open. */
  async function opened(options = {}) {
    const prepare = async (page) => {
      await options.prepare?.(page);
      if (options.signedIn !== false) await ask.signUp(page, site.root);
    };
    const page = await site.open(options.path ?? PAGE, { ...options, prepare });
    await ask.openPanel(page);
    return page;
  }

  it('answers as a stream, with citations that preview their passage and lead to it', async () => {
    const page = await opened();
    await on.screenshot(page, 'ask-empty');
    await site.relay.mock.script({ text: ANSWER, size: 6, delay: 5, first_after: 300 });
    await ask.ask(page, QUESTION);
    await ask.lastTurn(page).getByText(/^Reading \d+ passages/).waitFor();
    await on.screenshot(page, 'ask-waiting');
    await ask.waitForTurn(page, 'done');
    assert.equal(await ask.answer(page).locator('strong').innerText(), 'capture point');
    assert.equal(await ask.chips(page).count(), 2);
    await ask.chips(page).first().hover();
    await ask.preview(page).waitFor();
    await page.waitForFunction(() => document.querySelector('[role=tooltip]').innerText.length > 60);
    await on.screenshot(page, 'ask-citation');
    const target = await ask.chips(page).first().evaluate((link) => link.href);
    await ask.chips(page).first().click();
    await page.waitForURL(target);
    assert.equal(await ask.panel(page).count(), 1);
    await page.waitForFunction(() => CSS.highlights.has('lectern-found'));
    await on.screenshot(page, 'ask-at-the-passage');
  });

  it('goes on while the reader goes elsewhere in the site, also to a page of another kind', async () => {
    const page = await opened();
    await site.relay.mock.script({ tokens: 60, delay: 40 });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'writing');
    await page.locator('nav.navbar').getByRole('link', { name: 'Glossary' }).click();
    await page.waitForURL(/glossary/);
    await page.locator('a.navbar__brand').click();
    await page.waitForURL(/book\/$/);
    await ask.waitForTurn(page, 'done');
    assert.match(await ask.answer(page).innerText(), /w\d+\.59\s*$/);
  });

  it('follows up with what was said, in one conversation of the relay', async () => {
    const page = await opened();
    await site.relay.mock.script({ text: 'First [1].' });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    await ask.ask(page, 'And then?');
    await ask.waitForTurn(page, 'done');
    await ask.button(page, 'Conversations').click();
    const entries = ask.panel(page).getByRole('listitem');
    await entries.first().waitFor();
    assert.equal(await entries.count(), 1);
    await on.screenshot(page, 'ask-conversations');
    await ask.button(page, 'Back to the conversation').click();
    await ask.button(page, 'New conversation').click();
    assert.equal(await ask.turns(page).count(), 0);
    await ask.button(page, 'Conversations').click();
    await entries.first().getByRole('button').first().click();
    await ask.turns(page).nth(1).waitFor();
    assert.equal(await ask.chips(page).count(), 1);
    await ask.button(page, 'Conversations').click();
    await ask.button(page, `Delete “${QUESTION}”`).click();
    await entries.first().waitFor({ state: 'detached' });
  });

  it('stops when told to, and answers again', async () => {
    const page = await opened();
    await site.relay.mock.script({ tokens: 400, delay: 40 });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'writing');
    await on.screenshot(page, 'ask-writing');
    await ask.button(page, 'Stop').click();
    await ask.waitForTurn(page, 'stopped');
    const text = await ask.answer(page).innerText();
    await on.screenshot(page, 'ask-stopped');
    await site.relay.mock.script({ text: 'Whole.' });
    await ask.button(page, 'Try again').click();
    await ask.waitForTurn(page, 'done');
    assert.ok(text.startsWith('w') && (await ask.answer(page).innerText()) === 'Whole.');
  });

  it('keeps what came when the network breaks off, with a way to try again', async () => {
    const page = await opened();
    await site.relay.mock.script({ tokens: 400, delay: 40 });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'writing');
    site.front.cut(RELAY);
    await ask.waitForTurn(page, 'cut');
    assert.match(await ask.lastTurn(page).innerText(), /broke off here\. The server cannot be reached/);
    assert.match(await ask.answer(page).innerText(), /^w/);
    await on.screenshot(page, 'ask-cut');
    await ask.button(page, 'Quote the book').click();
    await ask.lastTurn(page).getByText('From the book, word for word').waitFor();
    await site.relay.mock.script({ text: 'Whole.' });
    await ask.button(page, 'Try again').click();
    await ask.waitForTurn(page, 'done');
  });

  it('keeps what came when the LLM breaks off', async () => {
    const page = await opened();
    await site.relay.mock.script({ tokens: 40, cut_after: 20, delay: 5 });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'cut');
    assert.match(await ask.lastTurn(page).innerText(), /broke off here\. The server cannot write/);
  });

  it('quotes the book when the relay is down, and says so', async () => {
    const page = await opened();
    site.front.down = /^\/relay\//;
    try {
      await ask.ask(page, QUESTION);
      await ask.waitForTurn(page, 'done');
      await ask.lastTurn(page).getByText('The server cannot be reached').waitFor();
      assert.ok((await ask.chips(page).count()) > 0);
      await on.screenshot(page, 'ask-relay-down');
    } finally {
      site.front.down = undefined;
    }
  });

  it('quotes the book offline, and answers again with a network', async () => {
    const page = await opened();
    await site.relay.mock.script({ text: 'Whole.' });
    await ask.ask(page, 'What is a foot?');
    await ask.waitForTurn(page, 'done');
    await page.context().setOffline(true);
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done', 'failed');
    await ask.lastTurn(page).getByText('You are offline').waitFor();
    await on.screenshot(page, 'ask-offline');
    await page.context().setOffline(false);
    await ask.lastTurn(page).getByRole('button', { name: 'Try again' }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('[data-lectern-answer]')].at(-1)?.innerText === 'Whole.');
  });

  it('asks a reader who is not signed in to do so, and quotes the book until then', async () => {
    const page = await opened({ signedIn: false });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    await ask.lastTurn(page).getByText('Sign in for written answers').waitFor();
    assert.equal(await ask.button(page, 'This helped').count(), 0);
    await on.screenshot(page, 'ask-signed-out');
  });

  it('loses nothing of a reader whose session has ended', async () => {
    const page = await opened();
    await site.relay.mock.script({ text: 'First.' });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    await page.context().clearCookies();
    await ask.ask(page, 'And then?');
    await ask.waitForTurn(page, 'done');
    await ask.lastTurn(page).getByText('Your session has ended').waitFor();
    assert.equal(await ask.turns(page).count(), 2);
    await on.screenshot(page, 'ask-expired');
  });

  it('takes a rating with a note', async () => {
    const page = await opened();
    await site.relay.mock.script({ text: 'First.' });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    await ask.button(page, 'This did not help').click();
    await page.getByRole('textbox', { name: /author know/ }).fill('Too short.');
    await on.screenshot(page, 'ask-note');
    await ask.button(page, 'Send').click();
    await ask.panel(page).getByText('Thank you').waitFor();
  });

  it('is copied as Markdown with absolute links', async () => {
    const page = await opened();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await site.relay.mock.script({ text: 'First [1].' });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    await ask.button(page, 'Copy as Markdown').click();
    await ask.button(page, 'Copied').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, new RegExp(`First \\[\\[1\\]\\]\\(${site.root}docs/`));
  });

  it('shows a hostile answer harmlessly', async () => {
    const page = await opened();
    const requests = [];
    page.on('request', (request) => requests.push(new URL(request.url()).origin));
    const text =
      'Hm <script>window.stolen = 1</script> <img src=x onerror="window.stolen = 1">\n\n' +
      '[click](javascript:window.stolen=1) ![cat](https://evil.example/cat.png)\n\n<iframe src="https://evil.example"></iframe>\n\n' +
      '[ok](https://good.example) End [9].';
    await site.relay.mock.script({ text });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    assert.match(await ask.answer(page).innerText(), /<script>window.stolen = 1<\/script>/);
    assert.equal(await ask.answer(page).locator('script, img, iframe').count(), 0);
    const links = await ask.answer(page).getByRole('link').evaluateAll((all) => all.map((link) => [link.href, link.rel]));
    assert.deepEqual(links.map(([href]) => href), ['https://evil.example/cat.png', 'https://good.example/']);
    assert.ok(links.every(([, rel]) => rel.includes('noopener') && rel.includes('nofollow')));
    assert.equal(await page.evaluate(() => window.stolen), undefined);
    assert.ok(requests.every((origin) => origin === new URL(site.root).origin), `${requests}`);
    await on.screenshot(page, 'ask-hostile');
  });

  it('has the question that was typed and the answers after a reload', async () => {
    const page = await opened();
    await site.relay.mock.script({ text: 'First.' });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    await ask.input(page).fill('And wh');
    await page.reload();
    await ask.openPanel(page);
    assert.equal(await ask.input(page).inputValue(), 'And wh');
    assert.equal(await ask.answer(page).innerText(), 'First.');
  });

  it('opens and closes by keys, and gives the focus back', async () => {
    const page = await site.open(PAGE);
    await ask.askButton(page).focus();
    await page.keyboard.press('Control+i');
    await ask.input(page).waitFor();
    await page.waitForFunction(() => document.activeElement.tagName === 'TEXTAREA');
    await page.keyboard.type('line');
    await page.keyboard.press('Shift+Enter');
    assert.equal(await ask.input(page).inputValue(), 'line\n');
    assert.equal(await ask.turns(page).count(), 0);
    await page.keyboard.press('Escape');
    await ask.panel(page).waitFor({ state: 'detached' });
    assert.ok(await ask.askButton(page).evaluate((button) => button === document.activeElement));
  });

  it('stands beside the page where there is room, and leaves the text all the width there is', async () => {
    const page = await opened();
    const { x: edge } = await ask.panel(page).boundingBox();
    const [article, main] = await Promise.all(['article', 'main'].map((name) => page.locator(name).first().boundingBox()));
    assert.ok(article.x + article.width <= edge, 'nothing of the text is covered');
    assert.ok(article.width >= main.width - 40, `${article.width} of ${main.width}`);
  });

  it('lies over the page where there is none, whose text stays as it is', async () => {
    const page = await site.open(PAGE, { viewport: { width: 1000, height: 800 } });
    const width = async () => (await page.locator('article').boundingBox()).width;
    const before = await width();
    await ask.openPanel(page);
    assert.equal(await width(), before);
    await on.screenshot(page, 'ask-tablet');
  });

  it('in Urdu is on the left, and runs from right to left', async () => {
    const prepare = (opening) => ask.signUp(opening, site.root);
    const page = await site.open('ur/docs/foundations/physical-ai', { prepare });
    await site.relay.mock.script({ text: 'روبوٹ تب گرتا ہے جب capture point اس کے پاؤں سے نکل جائے [1]۔' });
    await ask.askButton(page).click();
    await ask.panel(page).locator('textarea').fill('روبوٹ کیوں گرتا ہے؟');
    await page.keyboard.press('Enter');
    await ask.waitForTurn(page, 'done');
    assert.equal((await ask.panel(page).boundingBox()).x, 0);
    assert.equal(await ask.answer(page).locator('p').evaluate((text) => getComputedStyle(text).direction), 'rtl');
    await on.accessible(page, { include: '[data-lectern-panel]' });
    await on.screenshot(page, 'ask-urdu');
  });

  for (const theme of ['light', 'dark']) {
    it(`has no accessibility violations: ${theme}`, async () => {
      const page = await opened({ colorScheme: theme });
      await on.accessible(page, { include: '[data-lectern-panel]' });
      await site.relay.mock.script({ text: `${ANSWER}\n\n| a | b |\n|---|---|\n| 1 | 2 |` });
      await ask.ask(page, QUESTION);
      await ask.waitForTurn(page, 'done');
      await ask.chips(page).first().focus();
      await ask.preview(page).waitFor();
      await on.accessible(page, { include: '[data-lectern-panel]' });
      await on.screenshot(page, `ask-${theme}`);
      await ask.button(page, 'Conversations').click();
      await ask.panel(page).getByRole('listitem').first().waitFor();
      await on.accessible(page, { include: '[data-lectern-panel]' });
    });
  }

  it('on a phone is a sheet, whose citations show their passage first', async () => {
    const page = await opened({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
    await site.relay.mock.script({ text: ANSWER });
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    const { width, height } = await ask.panel(page).boundingBox();
    assert.ok(width === 390 && height === 844, `${width} x ${height}`);
    await on.accessible(page, { include: '[data-lectern-panel]' });
    await on.screenshot(page, 'ask-phone');
    await ask.chips(page).first().tap();
    await ask.preview(page).waitFor();
    await on.screenshot(page, 'ask-phone-citation');
    const target = await ask.chips(page).first().evaluate((link) => link.href);
    await ask.preview(page).getByRole('link', { name: 'Go to the passage' }).tap();
    await page.waitForURL(target);
    await ask.panel(page).waitFor({ state: 'detached' });
  });
});
