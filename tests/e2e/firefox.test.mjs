// Searching, asking and reading without a network, in Firefox.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Key } from 'selenium-webdriver';
import { launchFirefox, visible } from '../support/firefox.mjs';
import { ROOT, SITE_AT_BOOK } from '../support/paths.mjs';
import { host } from './host.mjs';

const PAGE = 'docs/intro';
const QUESTION = 'how do I keep a biped from falling over';
const SCREENSHOTS = join(ROOT, 'tests/e2e/screenshots');

/** A site as `host` gives it and a browser, while the surrounding suite runs. */
function useFirefox(settings) {
  const own = {};
  before(async () => {
    own.site = await host(settings);
    own.driver = await launchFirefox();
  });
  after(async () => {
    await own.driver?.quit();
    await own.site?.close();
  });
  return own;
}

async function open(driver, url) {
  await driver.get(url);
  // The hotkey's hint is only there once React has taken the page over.
  await visible(driver, 'button kbd');
}

async function search(driver, query) {
  await (await visible(driver, 'button[aria-haspopup=dialog]')).click();
  await (await visible(driver, '[role=combobox]')).sendKeys(query);
  await visible(driver, '[role=option]');
}

async function ask(driver, question) {
  await (await visible(driver, '[data-lectern-ask]')).click();
  await (await visible(driver, '[data-lectern-panel] textarea')).sendKeys(question, Key.ENTER);
}

async function screenshot(driver, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  writeFileSync(join(SCREENSHOTS, `${name}.png`), await driver.takeScreenshot(), 'base64');
}

for (const [base, folder] of [['/', undefined], ['/book/', SITE_AT_BOOK]]) {
  describe(`Firefox at ${base}`, () => {
    const own = useFirefox({ folder, base });

    it('searches by words and meaning, and opens what it has found', async () => {
      const { driver, site } = own;
      await open(driver, site.root + PAGE);
      await search(driver, QUESTION);
      await visible(driver, '[data-lectern-stage=meaning]');
      await visible(driver, '[role=option][href*="foundations/balance"]');
      await screenshot(driver, 'firefox-search');
      await (await visible(driver, '[role=combobox]')).sendKeys(Key.ENTER);
      await driver.wait(async () => /\/docs\/(?!intro)/.test(await driver.getCurrentUrl()), 10_000);
      await visible(driver, 'article h1');
    });

    it('answers with quotations where no relay can be asked', async () => {
      const { driver, site } = own;
      await open(driver, site.root + PAGE);
      await ask(driver, QUESTION);
      const turn = await visible(driver, '[data-lectern-turn=done]');
      assert.match(await turn.getText(), /centre of mass|support polygon|capture point/i);
      await screenshot(driver, 'firefox-quotations');
    });
  });
}

describe('Firefox with a relay', () => {
  const own = useFirefox({ folder: SITE_AT_BOOK, base: '/book/', relay: { LECTERN_ANONYMOUS: 'true' } });

  it('streams an answer whose citations lead to their passages', async () => {
    const { driver, site } = own;
    await site.relay.mock.script({ text: 'It falls when the capture point leaves its foot [1].', delay: 5 });
    await open(driver, site.root + PAGE);
    await ask(driver, QUESTION);
    const turn = await visible(driver, '[data-lectern-turn=done]');
    assert.match(await turn.getText(), /capture point leaves its foot/);
    await (await visible(driver, '[data-lectern-answer] a')).click();
    await driver.wait(async () => !(await driver.getCurrentUrl()).includes(PAGE), 10_000);
    await screenshot(driver, 'firefox-answer');
  });
});

describe('Firefox without a network', () => {
  let site;
  let profile;
  let driver;
  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'lectern-firefox-'));
    site = await host();
    driver = await launchFirefox({ profile });
  });
  after(async () => {
    await driver?.quit();
    await site?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  it('reads, searches and quotes, after a new start, what was kept', async () => {
    await open(driver, `${site.root}offline`);
    await (await visible(driver, '[role=switch]:enabled')).click();
    await driver.wait(() => driver.executeScript(() => document.querySelector('[data-lectern-offline=kept]') !== null), 60_000);
    await driver.quit();
    await site.close();

    driver = await launchFirefox({ profile });
    await open(driver, `${site.root}docs/foundations/balance`);
    assert.match(await driver.getTitle(), /Balance and walking/);
    await search(driver, QUESTION);
    await visible(driver, '[data-lectern-stage=meaning]');
    await visible(driver, '[role=option][href*="foundations/balance"]');
    await screenshot(driver, 'firefox-offline');

    await (await visible(driver, '[role=combobox]')).sendKeys(Key.ESCAPE);
    await ask(driver, QUESTION);
    const turn = await visible(driver, '[data-lectern-turn=done]', 'From the book, word for word');
    assert.match(await turn.getText(), /falls in the next second|centre of mass|support polygon|capture point/i);
    const source = await visible(driver, '[data-lectern-turn=done] a[href]');
    assert.ok((await source.getAttribute('href')).startsWith(`${site.root}docs/`));
    await screenshot(driver, 'firefox-offline-quotations');
  });
});
