// Whom a reader's browser tells what: nobody but the site, and its relay only once the reader asks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import { strangers } from '../support/strangers.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const QUESTION = 'how do I keep a biped from falling over';

let others;
before(async () => (others = await strangers()));
after(() => others.close());

/** What a browser asks of anybody but this machine goes through a proxy, whichever thread asks. */
const watched = () => [[`--proxy-server=${others.url}`]];

/** A page, and all that its browser asks this machine for from now on. */
async function recorded(site, path) {
  const urls = [];
  const prepare = (page) => page.context().on('request', (request) => urls.push(request.url()));
  return { page: await site.open(path, { prepare }), urls };
}

async function searchAndRead(page) {
  await on.search(page, QUESTION);
  await on.waitForStage(page, 'meaning');
  await page.keyboard.press('Enter');
  await on.dialog(page).waitFor({ state: 'detached' });
  await page.locator('article').waitFor();
}

describe('without a relay', () => {
  const site = on.useSite({}, watched);

  it('a whole visit asks the site alone: searching, reading, asking, selecting, keeping the book', async () => {
    const { page, urls } = await recorded(site, PAGE);
    await searchAndRead(page);
    await page.goto(`${site.root}search?q=quaternion`);
    await page.locator('main a[href*="/docs/"]').first().waitFor();
    await page.goto(site.root + PAGE);
    await ask.select(page, 'article p');
    await ask.openPanel(page);
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done', 'failed');
    await ask.button(page, 'Reading offline').click();
    await page.getByRole('switch', { name: 'Available offline' }).click();
    await page.locator('[data-lectern-offline=kept]').waitFor({ state: 'attached', timeout: 60_000 });
    await page.reload();
    await page.waitForLoadState('networkidle');

    assert.ok(urls.length > 30, `${urls.length} requests were seen`);
    assert.deepEqual(urls.filter((url) => !url.startsWith(site.root) && !url.startsWith('data:')), []);
    assert.deepEqual(others.asked, []);
  });
});

describe('with a relay', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} }, watched);
  const toRelay = () => site.front.requests.filter(({ path }) => path.startsWith('/relay/')).map(({ path }) => path);

  it('it hears nothing of what a reader reads and searches', async () => {
    const { page } = await recorded(site, PAGE);
    await searchAndRead(page);
    await page.waitForLoadState('networkidle');
    assert.deepEqual(toRelay(), []);
    assert.deepEqual(others.asked, []);
  });

  it('it hears of a question that is asked, and nobody else does', async () => {
    const { page, urls } = await recorded(site, PAGE);
    await ask.signUp(page, site.root);
    await ask.openPanel(page);
    await ask.ask(page, QUESTION);
    await ask.waitForTurn(page, 'done');
    const origin = new URL(site.root).origin;
    assert.ok(toRelay().some((path) => path.startsWith('/relay/api/chat')), `${toRelay()}`);
    assert.deepEqual(urls.filter((url) => !url.startsWith(`${origin}/`)), []);
    assert.deepEqual(others.asked, []);
  });
});
