// Searching, asking and reading without a network, in Firefox.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { click, launchFirefox, newPage, visible } from '../support/firefox.mjs';
import { ROOT, SITE_AT_BOOK } from '../support/paths.mjs';
import { host } from './host.mjs';

const PAGE = 'docs/intro';
const QUESTION = 'how do I keep a biped from falling over';
const SCREENSHOTS = join(ROOT, 'tests/e2e/screenshots');

/** A site as `host` gives it while the surrounding suite runs, and for each test a page of one browser. */
function useFirefox(settings) {
  const own = {};
  before(async () => {
    own.site = await host(settings);
    own.page = await launchFirefox();
  });
  // A page that the test before has left loading would break off what the next one opens in it.
  beforeEach(async () => {
    const before = own.page;
    own.page = await newPage(before.browser());
    await before.close();
  });
  after(async () => {
    await own.page?.browser().close();
    await own.site?.close();
  });
  return own;
}

async function open(page, url) {
  await page.goto(url);
  // The hotkey's hint is only there once React has taken the page over.
  await visible(page, 'button kbd');
}

async function search(page, query) {
  await click(page, 'button[aria-haspopup=dialog]');
  await (await visible(page, '[role=combobox]')).type(query);
  await visible(page, '[role=option]');
}

async function ask(page, question) {
  await click(page, '[data-lectern-ask]');
  const box = await visible(page, '[data-lectern-panel] textarea');
  await box.type(question);
  await box.press('Enter');
}

/** The text that a reader sees. */
const shown = (element) => element.innerText;

async function screenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

for (const [base, folder] of [['/', undefined], ['/book/', SITE_AT_BOOK]]) {
  describe(`Firefox at ${base}`, () => {
    const own = useFirefox({ folder, base });

    it('searches by words and meaning, and opens what it has found', async () => {
      const { page, site } = own;
      await open(page, site.root + PAGE);
      await search(page, QUESTION);
      await visible(page, '[data-lectern-stage=meaning]');
      await visible(page, '[role=option][href*="foundations/balance"]');
      await screenshot(page, 'firefox-search');
      await (await visible(page, '[role=combobox]')).press('Enter');
      await page.waitForFunction(() => /\/docs\/(?!intro)/.test(location.href), { timeout: 10_000 });
      await visible(page, 'article h1');
    });

    it('answers with quotations where no relay can be asked', async () => {
      const { page, site } = own;
      await open(page, site.root + PAGE);
      await ask(page, QUESTION);
      const turn = await visible(page, '[data-lectern-turn=done]');
      assert.match(await turn.evaluate(shown), /centre of mass|support polygon|capture point/i);
      await screenshot(page, 'firefox-quotations');
    });
  });
}

describe('Firefox with a relay', () => {
  const own = useFirefox({ folder: SITE_AT_BOOK, base: '/book/', relay: { LECTERN_ANONYMOUS: 'true' } });

  it('streams an answer whose citations lead to their passages', async () => {
    const { page, site } = own;
    await site.relay.mock.script({ text: 'It falls when the capture point leaves its foot [1].', delay: 5 });
    await open(page, site.root + PAGE);
    await ask(page, QUESTION);
    const turn = await visible(page, '[data-lectern-turn=done]');
    assert.match(await turn.evaluate(shown), /capture point leaves its foot/);
    await click(page, '[data-lectern-answer] a');
    await page.waitForFunction((old) => !location.href.includes(old), { timeout: 10_000 }, PAGE);
    await screenshot(page, 'firefox-answer');
  });
});

describe('Firefox without a network', () => {
  let site;
  let profile;
  let page;
  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'lectern-firefox-'));
    site = await host();
    page = await launchFirefox({ profile });
  });
  after(async () => {
    await page?.browser().close();
    await site?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  it('reads, searches and quotes, after a new start, what was kept', async () => {
    await open(page, `${site.root}offline`);
    await click(page, '[role=switch]:enabled');
    await page.waitForSelector('[data-lectern-offline=kept]', { timeout: 60_000 });
    await page.browser().close();
    await site.close();

    page = await launchFirefox({ profile });
    await open(page, `${site.root}docs/foundations/balance`);
    assert.match(await page.title(), /Balance and walking/);
    await search(page, QUESTION);
    await visible(page, '[data-lectern-stage=meaning]');
    await visible(page, '[role=option][href*="foundations/balance"]');
    await screenshot(page, 'firefox-offline');

    await (await visible(page, '[role=combobox]')).press('Escape');
    await ask(page, 'What is the smallest convex outline around the soles?');
    const turn = await visible(page, '[data-lectern-turn=done]', 'From the book, word for word');
    assert.match(await turn.evaluate(shown), /around all the parts of the soles/i);
    const source = await visible(page, '[data-lectern-turn=done] a[href]');
    assert.ok((await source.evaluate((link) => link.href)).startsWith(`${site.root}docs/`));
    await screenshot(page, 'firefox-offline-quotations');
  });
});
