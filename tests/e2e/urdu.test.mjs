// The book in Urdu: written from right to left, partly translated, with code left as it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as on from './site.mjs';

const BASE = '/book/';

describe('the book in Urdu', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: BASE });

  it('runs from right to left, but for its code', async () => {
    const page = await site.open('ur/docs/foundations/physical-ai');
    const { direction, code } = await page.evaluate(() => ({
      direction: getComputedStyle(document.querySelector('article p')).direction,
      code: getComputedStyle(document.querySelector('article pre code')).direction,
    }));
    assert.deepEqual({ direction, code }, { direction: 'rtl', code: 'ltr' });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await on.accessible(page);
    await on.screenshot(page, 'urdu-page');
  });

  it('has an index of its own, for its language', () => {
    const { lang } = JSON.parse(readFileSync(join(SITE_AT_BOOK, 'ur/lectern/manifest.json'), 'utf8'));
    assert.equal(lang, 'ur');
  });

  it('has a search page of its own, from right to left', async () => {
    const page = await site.open(`ur/search?q=${encodeURIComponent('روبوٹ')}`);
    await page.locator('main section a').first().waitFor();
    await on.accessible(page);
    await on.screenshot(page, 'search-page-urdu');
  });

  for (const [what, query] of [
    ['a word', 'توازن'],
    // An Arabic yeh and kaf, as many keyboards give them.
    ['a word typed with Arabic letters', 'فزيكل اے آئي كيا هے'],
    ['a word with its vowels written out', 'مُحَرِّک'],
    ['a question', 'روبوٹ گرنے سے کیسے بچتا ہے'],
    ['a name from the code', 'time.monotonic'],
  ]) {
    it(`finds its page for ${what}`, async () => {
      const page = await site.open('ur/docs/intro');
      await on.search(page, query);
      const links = await on.options(page).evaluateAll((list) => list.map((link) => link.href));
      assert.ok(links.every((link) => link.startsWith(`${site.root}ur/`)), links.join('\n'));
      assert.ok(links.slice(0, 5).some((link) => /physical-ai|intro|glossary/.test(link)), links.join('\n'));
    });
  }
});
