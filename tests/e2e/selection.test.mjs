// Asking about a selected text: the offer beside it, and answers from it alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const PASSAGE = 'article p:nth-of-type(2)';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const offer = (page) => page.getByRole('complementary', { name: 'About what you selected' });
const selection = (page) => page.evaluate(() => document.getSelection().toString());

describe('a selected text', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} });

  it('is offered to be asked about, without losing focus or selection', async () => {
    const page = await site.open(PAGE);
    await ask.select(page, PASSAGE);
    await offer(page).waitFor();
    const text = await selection(page);
    assert.ok(text.length > 50);
    assert.ok(await page.evaluate(() => document.activeElement === document.body));
    const bar = await offer(page).boundingBox();
    const passage = await page.locator(PASSAGE).first().boundingBox();
    assert.ok(bar.y + bar.height <= passage.y || bar.y >= passage.y + passage.height, 'it covers no selected line');
    await on.accessible(page, { exclude: '.katex-display' });
    await on.screenshot(page, 'selection-offer');
    await page.keyboard.press('Escape');
    await offer(page).waitFor({ state: 'detached' });
    assert.equal(await selection(page), text);
  });

  it('goes with its offer', async () => {
    const page = await site.open(PAGE);
    await ask.select(page, PASSAGE);
    await offer(page).waitFor();
    await page.evaluate(() => document.getSelection().removeAllRanges());
    await offer(page).waitFor({ state: 'detached' });
  });

  it('outside the content is not offered', async () => {
    const page = await site.open(PAGE);
    await ask.select(page, PASSAGE);
    await offer(page).waitFor();
    await ask.select(page, 'nav.menu');
    await offer(page).waitFor({ state: 'detached' });
  });

  it('is explained from its passage alone, with a way out to the whole book', async () => {
    const page = await site.open(PAGE, { prepare: (opening) => ask.signUp(opening, site.root) });
    const bodies = [];
    page.on('request', (request) => request.url().endsWith('/api/chat') && bodies.push(request.postDataJSON()));
    await site.relay.mock.script({ text: 'So it is [1].' });
    await ask.select(page, PASSAGE);
    const text = await selection(page);
    await offer(page).getByRole('button', { name: 'Explain' }).click();
    await ask.waitForTurn(page, 'done');
    const [body] = bodies;
    assert.deepEqual([body.mode, body.selection], ['selection', { page: PAGE, text: text.trim() }]);
    await ask.lastTurn(page).getByText('Answering from the selected passage only').waitFor();
    await on.accessible(page, { include: '[data-lectern-panel]' });
    await on.screenshot(page, 'selection-explained');
    await ask.lastTurn(page).getByRole('button', { name: 'Ask the whole book' }).click();
    await ask.turns(page).nth(1).waitFor();
    await ask.waitForTurn(page, 'done');
    assert.equal(bodies[1].mode, undefined);
    assert.equal(await ask.lastTurn(page).getByText('Answering from the selected passage only').count(), 0);
  });

  it('is asked about in the reader’s own words', async () => {
    const page = await site.open(PAGE);
    await ask.select(page, PASSAGE);
    await offer(page).getByRole('button', { name: 'Ask' }).click();
    await ask.panel(page).getByText('Answering from the selected passage only').waitFor();
    await page.waitForFunction(() => document.activeElement.tagName === 'TEXTAREA');
    await on.screenshot(page, 'selection-asked');
    await ask.button(page, 'Ask the whole book').click();
    await ask.panel(page).getByText('Answering from the selected passage only').waitFor({ state: 'detached' });
  });

  it('comes along with the hotkey, for readers who have no pointer', async () => {
    const page = await site.open(PAGE);
    await ask.select(page, PASSAGE);
    await page.keyboard.press('Control+i');
    await ask.panel(page).getByText('Answering from the selected passage only').waitFor();
  });

  it('on a phone has the offer below, where no handle is', async () => {
    const page = await site.open(PAGE, PHONE);
    await ask.select(page, PASSAGE);
    await offer(page).waitFor();
    const bar = await offer(page).boundingBox();
    const passage = await page.locator(PASSAGE).first().boundingBox();
    assert.ok(bar.y >= passage.y + passage.height + 20, `${bar.y} below ${passage.y + passage.height}`);
    assert.ok(bar.x >= 0 && bar.x + bar.width <= 390);
    await on.screenshot(page, 'selection-phone');
  });
});
