// The page that a result leads to: its passage is scrolled to and highlighted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as on from './site.mjs';

const QUERY = 'push a humanoid gently in the back';

describe('a passage that was found', () => {
  const site = on.useSite();

  it('is scrolled to and highlighted, and Esc takes the highlight away', async () => {
    const { page, snippet } = await opened(QUERY);
    assert.ok(sharesWords(await highlighted(page), snippet), `${await highlighted(page)} for ${snippet}`);
    assert.ok(await isInView(page));
    await on.screenshot(page, 'found-light');
    await page.keyboard.press('Escape');
    await note(page).waitFor({ state: 'detached' });
    assert.equal(await highlighted(page), undefined);
  });

  it('is cleared by its button too', async () => {
    const { page } = await opened(QUERY, { colorScheme: 'dark' });
    await on.screenshot(page, 'found-dark');
    await note(page).getByRole('button', { name: 'Clear' }).click();
    await note(page).waitFor({ state: 'detached' });
    assert.equal(await highlighted(page), undefined);
  });

  for (const [what, query] of [
    ['with formulas', 'capture point formula x + v/ω'],
    ['of code', 'offset = x + v / W - foot'],
    ['in a table', 'base_footprint on the floor between the feet level'],
  ]) {
    it(`${what} is highlighted through its markup`, async () => {
      const { page, snippet } = await opened(query);
      assert.ok(sharesWords(await highlighted(page), snippet), `${await highlighted(page)} for ${snippet}`);
      assert.ok(await isInView(page));
      await on.screenshot(page, `found-${what.replaceAll(' ', '-')}`);
    });
  }

  it('stays highlighted when the page draws that part anew', async () => {
    const { page, snippet } = await opened(QUERY);
    await page.evaluate(() => {
      const [range] = CSS.highlights.get('lectern-found');
      const block = range.startContainer.parentElement;
      block.replaceWith(block.cloneNode(true));
    });
    await page.waitForFunction(() => {
      const [range] = CSS.highlights.get('lectern-found') ?? [];
      return range?.toString().length > 20;
    });
    assert.ok(sharesWords(await highlighted(page), snippet));
  });

  it('is forgotten on leaving the page, also for whoever comes back', async () => {
    const { page } = await opened(QUERY);
    await page.getByRole('link', { name: 'Glossary' }).first().click();
    await page.waitForURL(/glossary/);
    await note(page).waitFor({ state: 'detached' });
    assert.equal(await highlighted(page), undefined);
    await page.goBack();
    await page.waitForURL((url) => !url.pathname.includes('glossary'));
    await page.locator('article').waitFor();
    assert.equal(await highlighted(page), undefined);
  });

  it('is highlighted in a new tab too, once, and its address says nothing of it', async () => {
    const page = await site.open();
    await on.search(page, QUERY);
    const target = await on.options(page).first().evaluate((link) => link.href);
    const [tab] = await Promise.all([page.context().waitForEvent('page'), on.options(page).first().click({ modifiers: ['Control'] })]);
    await note(tab).waitFor();
    assert.equal(tab.url().replace('/#', '#'), target);
    assert.ok((await highlighted(tab)).length > 20);
    await tab.reload();
    await tab.locator('article').waitFor();
    await on.searchButton(tab).locator('kbd').first().waitFor({ state: 'attached' });
    assert.equal(await highlighted(tab), undefined);
  });

  it('is outlined in a browser that has no highlights', async () => {
    const { page } = await opened(QUERY, { prepare: (opening) => opening.addInitScript(() => delete CSS.highlights && Object.defineProperty(CSS, 'highlights', { value: undefined })) });
    assert.equal(await page.locator('article [data-lectern-found]').count(), 1);
    await on.screenshot(page, 'found-outlined');
    await page.keyboard.press('Escape');
    await page.locator('[data-lectern-found]').waitFor({ state: 'detached' });
  });

  it('is found by its formulas alone', async () => {
    const page = await openText('balance#capture-point-and-divergent-motion', 'ξ = x + ẋ/ω, ξ̇ = ω(ξ − p)');
    await note(page).waitFor();
    const isFormula = await page.evaluate(() => {
      const [range] = CSS.highlights.get('lectern-found');
      const shown = range.cloneContents();
      return shown.querySelector('.katex') !== null && range.toString().length < 200;
    });
    assert.ok(isFormula, await highlighted(page));
  });

  it('that the page no longer has leaves the reader at its heading', async () => {
    const page = await openText('balance#recovering-from-a-push', 'xqz vwk jyp');
    await page.waitForFunction(() => localStorage.getItem('lectern.found') === null);
    await page.waitForLoadState('networkidle');
    assert.equal(await note(page).count(), 0);
    assert.ok(await page.locator('#recovering-from-a-push').evaluate((heading) => heading.getBoundingClientRect().top < innerHeight));
  });

  it('is told to screen readers, and the Tab key goes on from it', async () => {
    const { page } = await opened(QUERY);
    assert.equal(await page.getByRole('status').filter({ has: note(page) }).count(), 1);
    const inside = await page.evaluate(() => {
      const [range] = CSS.highlights.get('lectern-found');
      return range.startContainer.contains(getSelection().anchorNode);
    });
    assert.ok(inside);
  });

  it('is highlighted on a phone, where the note has a button to clear it', async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
    const { page } = await opened(QUERY, phone);
    const { height } = await note(page).getByRole('button').boundingBox();
    assert.ok(height >= 44, `${height}`);
    await on.screenshot(page, 'found-phone');
  });

  /** A page that a result with this text has led to. */
  async function openText(address, text) {
    const page = await site.open();
    await page.evaluate(
      ([address, text]) => {
        const place = `${location.origin}/docs/foundations/${address}`;
        localStorage.setItem('lectern.found', JSON.stringify({ place, text, at: Date.now() }));
      },
      [address, text],
    );
    await page.goto(`${site.root}docs/foundations/${address}`);
    return page;
  }

  async function opened(query, options) {
    const page = await site.open('', options);
    return openFirst(page, query);
  }
});

describe('a passage of a site below a base URL', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/' });

  it('is highlighted', async () => {
    const { page, snippet } = await openFirst(await site.open(), QUERY);
    assert.ok(sharesWords(await highlighted(page), snippet));
  });
});

async function openFirst(page, query) {
  await on.openSearch(page);
  await on.waitForStage(page, 'meaning');
  await on.box(page).fill(query);
  await on.found(page);
  const snippet = await on.selected(page).evaluate((option) => option.lastElementChild.textContent);
  await page.keyboard.press('Enter');
  await note(page).waitFor();
  return { page, snippet };
}

function note(page) {
  return page.getByText('The passage is highlighted').first();
}

/** The text under the highlight, if there is one. */
function highlighted(page) {
  return page.evaluate(() => {
    const [range] = CSS.highlights.get('lectern-found') ?? [];
    return range?.toString();
  });
}

/** Whether most words of a snippet are in a text, and it is not much longer; formulas are in it three times. */
function sharesWords(text = '', snippet) {
  const words = (from) => from.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const here = text.toLowerCase();
  const wanted = words(snippet).filter((word) => word.length > 1);
  const share = wanted.filter((word) => here.includes(word)).length / wanted.length;
  return share > 0.8 && words(text).length < 4 * wanted.length + 10;
}

function isInView(page) {
  return page.evaluate(() => {
    const [range] = CSS.highlights.get('lectern-found');
    const { top } = range.getBoundingClientRect();
    return top > 60 && top < innerHeight;
  });
}
