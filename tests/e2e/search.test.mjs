// What a reader does: open, type, read, move, follow a link.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as on from './site.mjs';

const QUESTION = 'how do I keep a biped from falling over';

for (const [base, folder] of [['/', undefined], ['/book/', SITE_AT_BOOK]]) {
  describe(`search at ${base}`, () => {
    const site = on.useSite({ folder, base });

    for (const key of ['Control+k', '/']) {
      it(`opens by ${key}`, async () => {
        const page = await site.open();
        await page.keyboard.press(key);
        await on.box(page).waitFor();
        assert.equal(await on.box(page).inputValue(), '');
      });
    }

    it('opens by a click and closes by Esc, giving the focus back', async () => {
      const page = await site.open();
      await on.openSearch(page);
      await page.keyboard.press('Escape');
      await on.dialog(page).waitFor({ state: 'detached' });
      assert.ok(await on.searchButton(page).evaluate((button) => button === document.activeElement));
    });

    it('shows results while typing, grouped by page, with the matching words marked', async () => {
      const page = await site.open();
      await on.openSearch(page);
      await on.waitForStage(page, 'meaning');
      await on.box(page).pressSequentially('zero moment point');
      await on.found(page);
      assert.ok((await page.getByRole('group').count()) > 1);
      const marks = await on.options(page).locator('mark').allTextContents();
      assert.ok(marks.some((text) => /moment/i.test(text)), `marked: ${marks}`);
    });

    it('answers a question in a reader’s own words', async () => {
      const page = await site.open();
      await on.openSearch(page);
      await on.waitForStage(page, 'meaning');
      await on.box(page).fill(QUESTION);
      await on.found(page);
      const links = await on.options(page).evaluateAll((list) => list.map((link) => link.href));
      assert.ok(links.slice(0, 5).some((link) => link.includes('foundations/balance')), links.join('\n'));
    });

    it('moves by arrow keys and opens page and anchor by Enter', async () => {
      const page = await site.open();
      await on.openSearch(page);
      await on.waitForStage(page, 'meaning');
      await on.box(page).fill('gazebo plugin');
      await on.found(page);
      const first = await on.selected(page).getAttribute('id');
      assert.equal(await on.box(page).getAttribute('aria-activedescendant'), first);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      const second = await on.options(page).nth(1).getAttribute('id');
      assert.equal(await on.selected(page).getAttribute('id'), second);
      assert.equal(await on.box(page).getAttribute('aria-activedescendant'), second);

      const target = await on.selected(page).evaluate((link) => link.href);
      assert.ok(target.startsWith(site.root), target);
      await page.keyboard.press('Enter');
      await page.waitForURL(target);
      await on.dialog(page).waitFor({ state: 'detached' });
      await page.locator('article').waitFor();
      assert.ok(await anchorExists(page), `${target} names an element of its page`);
    });

    it('finds every link of a result list on the site', async () => {
      const page = await site.open();
      await on.search(page, 'robot sensor calibration');
      const links = await on.options(page).evaluateAll((list) => list.map((link) => link.href));
      for (const link of links) {
        const anchor = decodeURIComponent(new URL(link).hash.slice(1));
        const response = await page.request.get(link);
        assert.equal(response.status(), 200, link);
        const ids = [...(await response.text()).matchAll(/ id="?([^\s">]+)/g)].map(([, id]) => id);
        assert.ok(anchor === '' || ids.includes(anchor), link);
      }
    });
  });
}

describe('search', () => {
  const site = on.useSite();

  it('gives results in spite of a typing error and offers the word that was meant', async () => {
    const page = await site.open();
    await on.search(page, 'jacobain');
    const correction = page.getByRole('button', { name: 'jacobian' });
    await correction.click();
    assert.equal((await on.box(page).inputValue()).toLowerCase(), 'jacobian');
    await on.found(page);
    await correction.waitFor({ state: 'detached' });
  });

  it('keeps the chosen hit when the meaning arrives and improves the order, and else selects the best', async () => {
    for (const chooses of [true, false]) {
      const arrival = deferred();
      const prepare = (opening) => opening.route(/\/lectern\/cells\./, (route) => arrival.promise.then(() => route.continue()));
      const page = await site.open('', { prepare });
      await on.search(page, 'how does a robot know where its feet are');
      assert.equal(await on.stage(page), 'loading-meaning');
      if (chooses) await page.keyboard.press('ArrowDown');
      const chosen = await on.selected(page).getAttribute('id');
      const before = await on.options(page).evaluateAll((list) => list.map(({ id }) => id));
      arrival.resolve();
      await on.waitForStage(page, 'meaning');
      await page.waitForFunction(
        (ids) => [...document.querySelectorAll('[role=group] > [role=option]')].map(({ id }) => id).join() !== ids,
        before.join(),
      );
      const best = await on.options(page).first().getAttribute('id');
      assert.equal(await on.selected(page).getAttribute('id'), chooses ? chosen : best);
      await page.close();
    }
  });

  it('tells a screen reader how much was found when all of it is there', async () => {
    const page = await site.open();
    await on.openSearch(page);
    await on.waitForStage(page, 'meaning');
    const arrival = deferred();
    await page.route(/\/lectern\/group\./, (route) => arrival.promise.then(() => route.continue()));
    await on.box(page).fill('quaternion');
    await page.locator('[role=listbox][aria-busy=true]').waitFor({ state: 'attached' });
    const status = on.dialog(page).getByRole('status');
    assert.equal(await status.innerText(), '');
    arrival.resolve();
    await on.found(page);
    assert.equal(await status.innerText(), `${await on.options(page).count()} results`);
  });

  it('greets an empty query and does not search for spaces', async () => {
    const page = await site.open();
    await on.openSearch(page);
    await on.dialog(page).getByText('Type a word').waitFor();
    await on.box(page).fill('   ');
    await on.waitForStage(page, 'meaning');
    await on.dialog(page).getByText('Type a word').waitFor();
    assert.equal(await on.options(page).count(), 0);
  });

  it('says what to do about a query of 10,000 characters, and works on after it', async () => {
    const page = await site.open();
    await on.openSearch(page);
    await on.box(page).fill('balanced'.repeat(1250));
    assert.match(await on.alert(page).innerText(), /10,?000 characters.*shorten/is);
    await on.screenshot(page, 'long-query');
    await on.box(page).fill('balance');
    await on.found(page);
  });

  it('keeps the query and the selection when it is opened again', async () => {
    const page = await site.open();
    await on.search(page, 'quaternion');
    await page.keyboard.press('Escape');
    await on.dialog(page).waitFor({ state: 'detached' });
    await on.openSearch(page);
    assert.equal(await on.box(page).inputValue(), 'quaternion');
    await on.found(page);
  });

  it('takes a query as text and nothing else', async () => {
    const page = await site.open();
    await on.openSearch(page);
    await on.box(page).fill('<img src=x onerror="window.hacked=1"> balance');
    await on.found(page);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });
});

function anchorExists(page) {
  return page.evaluate(() => {
    const id = decodeURIComponent(location.hash.slice(1));
    return id === '' || document.getElementById(id) !== null;
  });
}

/** A promise with its `resolve`. */
function deferred() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
