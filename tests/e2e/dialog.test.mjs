// The search dialog beyond its results: opening, what was looked for lately, filters, asking, and what helps when
// nothing is found.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as on from './site.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const SEARCH_CODE = 'data-lectern-stage';

describe('the search dialog', () => {
  const site = on.useSite();

  it('opens and takes text before its code is there, and loses none of it', async () => {
    const page = await site.open();
    let release;
    const held = new Promise((done) => (release = done));
    await page.route(/\.js$/, async (route) => {
      const response = await route.fetch();
      if ((await response.text()).includes(SEARCH_CODE)) await held;
      await route.fulfill({ response });
    });
    await page.keyboard.press('/');
    await on.box(page).waitFor();
    await page.keyboard.type('zero moment');
    release();
    await on.found(page);
    await page.keyboard.type(' point');
    assert.equal(await on.box(page).inputValue(), 'zero moment point');
  });

  it('opens within a frame, and no task of it takes long', async () => {
    const page = await site.open();
    await page.evaluate(() => {
      window.long = [];
      new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
      document.addEventListener('keydown', ({ key }) => {
        if (key !== 'k') return;
        const start = performance.now();
        // Two frames: the first is the one that paints what the key has done.
        requestAnimationFrame(() => (window.openedIn = document.querySelector('dialog[open] input') && performance.now() - start));
      }, { capture: true });
    });
    await page.keyboard.press('Control+k');
    await page.waitForFunction(() => window.openedIn !== undefined);
    assert.ok(await page.evaluate(() => typeof window.openedIn === 'number'), 'open in the first frame after the key');
  });

  it('says so when its code cannot be loaded, and tries again', async () => {
    // Its code alone, from the start: without that of the page around it, there may be no page.
    const prepare = (page) =>
      page.route(/\/assets\/js\//, async (route) => {
        const response = await route.fetch();
        const isCode = (await response.text()).includes(SEARCH_CODE);
        await (isCode ? route.abort() : route.fulfill({ response }));
      });
    const page = await site.open('', { prepare });
    await page.keyboard.press('/');
    await on.alert(page).getByText('Search could not be loaded').waitFor();
    const retry = on.dialog(page).getByRole('button', { name: 'Try again' });
    await on.screenshot(page, 'dialog-unavailable');
    await page.unrouteAll();
    await retry.click();
    await page.getByText('Type a word').waitFor();
  });

  it('remembers what was looked for and opened, and forgets it one by one and all at once', async () => {
    const page = await site.open();
    await openFirst(page, 'quaternion');
    await on.openSearch(page);
    await on.box(page).fill('');
    const group = (name) => on.dialog(page).getByRole('group', { name });
    await group('Recent searches').getByRole('option', { name: 'quaternion' }).waitFor();
    assert.equal(await group('Recently opened').getByRole('option').count(), 1);
    assert.equal(await on.selected(page).count(), 0);
    await on.accessible(page);
    await on.screenshot(page, 'dialog-recent');

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Delete');
    await group('Recent searches').waitFor({ state: 'detached' });
    await page.reload();
    await on.searchButton(page).locator('kbd').first().waitFor({ state: 'attached' });
    await on.openSearch(page);
    await group('Recently opened').locator('[data-lectern-remove]').click();
    await page.getByText('Type a word').waitFor();
    await page.keyboard.press('Escape');
    await on.dialog(page).waitFor({ state: 'detached' });

    await openFirst(page, 'torque');
    await on.openSearch(page);
    await on.box(page).fill('');
    await on.dialog(page).getByRole('button', { name: 'Clear the history' }).click();
    await page.getByText('Type a word').waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('lectern.recent:/')), null);
  });

  it('searches for what was looked for lately, and opens what was opened', async () => {
    const page = await site.open();
    const opened = await openFirst(page, 'quaternion');
    await page.goto(site.root);
    await on.searchButton(page).locator('kbd').first().waitFor({ state: 'attached' });
    await on.openSearch(page);
    await page.getByRole('option', { name: 'quaternion', exact: true }).click();
    assert.equal(await on.box(page).inputValue(), 'quaternion');
    await on.box(page).fill('');
    await on.options(page).last().click();
    await page.waitForURL((url) => url.href.replace('/#', '#') === opened);
  });

  for (const [what, prepare] of [
    ['blocked', () => Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('blocked', 'SecurityError'); } })],
    ['full', () => (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); })],
  ]) {
    it(`works where the browser’s storage is ${what}`, async () => {
      const page = await site.open('', { prepare: (opening) => opening.addInitScript(prepare) });
      await openFirst(page, 'quaternion');
      await on.openSearch(page);
      await on.box(page).fill('');
      await page.getByRole('option', { name: 'quaternion', exact: true }).waitFor();
    });
  }

  it('is opened in two tabs, and what is forgotten in one is forgotten in the other', async () => {
    const page = await site.open();
    const other = await site.open('', { beside: page });
    await openFirst(page, 'quaternion');
    await on.openSearch(other);
    await other.getByRole('option', { name: 'quaternion', exact: true }).waitFor();
    await on.dialog(other).getByRole('button', { name: 'Clear the history' }).click();
    await on.openSearch(page);
    await on.box(page).fill('');
    await page.getByText('Type a word').waitFor();
  });

  it('searches in a section alone when told, and everywhere when that has nothing', async () => {
    const page = await site.open();
    await on.search(page, 'torque');
    await on.waitForStage(page, 'meaning');
    await page.getByLabel('Section').selectOption({ label: 'Module 1: ROS 2' });
    await page.waitForFunction(() => {
      const links = [...document.querySelectorAll('[role=group] > [role=option]')].map(({ href }) => href);
      return links.length > 0 && links.every((href) => href.includes('/docs/ros2/'));
    });
    await on.accessible(page);
    await on.screenshot(page, 'dialog-section');
    await on.box(page).fill('xqzvwkjy "xqzvwkjy jyp"');
    await on.dialog(page).getByText(/^Nothing found/).waitFor();
    await on.screenshot(page, 'dialog-nothing-in-section');
    await on.dialog(page).getByRole('button', { name: 'Search the whole book' }).click();
    assert.equal(await page.getByLabel('Section').inputValue(), '');
  });

  it('asks what was typed, by its first option and by a key', async () => {
    const page = await site.open();
    await on.search(page, 'why do robots fall');
    await on.askOption(page).click();
    await on.dialog(page).waitFor({ state: 'detached' });
    await page.getByText('why do robots fall').first().waitFor();
    await page.goto(site.root);
    await on.searchButton(page).locator('kbd').first().waitFor({ state: 'attached' });
    await on.search(page, 'what is a quaternion');
    await page.keyboard.press('Control+i');
    await on.dialog(page).waitFor({ state: 'detached' });
    await page.getByText('what is a quaternion').first().waitFor();
  });

  it('leaves what a reader points at in its place while the answer gets better', async () => {
    let release;
    const held = new Promise((done) => (release = done));
    const prepare = (opening) => opening.route(/\/lectern\/cells\./, (route) => held.then(() => route.continue()));
    const page = await site.open('', { prepare });
    await on.search(page, 'how does a robot know where its feet are');
    await on.options(page).nth(1).hover();
    const ids = () => on.options(page).evaluateAll((list) => list.map(({ id }) => id));
    const before = await ids();
    const place = await on.options(page).nth(1).boundingBox();
    release();
    await on.waitForStage(page, 'meaning');
    await page.waitForFunction((count) => document.querySelectorAll('[role=group] > [role=option]').length > count, before.length);
    // New hits of a page follow those of that page that are shown.
    const after = await ids();
    assert.deepEqual(after.filter((id) => before.includes(id)), before);
    assert.equal((await on.options(page).nth(1).boundingBox()).y, place.y);
  });

  it('tells screen readers how much was found, under the names of pages', async () => {
    const page = await site.open();
    await on.search(page, 'quaternion');
    await on.waitForStage(page, 'meaning');
    await page.getByRole('status').filter({ hasText: /^\d+ results$/ }).waitFor({ state: 'attached' });
    assert.ok((await page.getByRole('group').getByRole('option').count()) > 0);
    await on.accessible(page);
  });

  for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', PHONE]]) {
    it(`has nothing that axe objects to (${name})`, async () => {
      const page = await site.open('docs/foundations/balance', options);
      await on.search(page, 'capture point');
      await on.waitForStage(page, 'meaning');
      await on.accessible(page);
      await on.screenshot(page, `dialog-${name}`);
    });
  }

  it('moves nothing for a reader who wants no motion', async () => {
    const page = await site.open('', { reducedMotion: 'reduce' });
    await on.openSearch(page);
    assert.equal(await on.dialog(page).evaluate((dialog) => getComputedStyle(dialog).animationName), 'none');
  });
});

describe('the search dialog of a site in two languages', () => {
  const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/' });

  it('searches the other language when told, and leads there', async () => {
    const page = await site.open();
    await on.openSearch(page);
    await page.getByLabel('Language').selectOption('ur');
    await on.box(page).fill('روبوٹ');
    await on.found(page);
    const links = await on.options(page).evaluateAll((list) => list.map(({ href }) => href));
    assert.ok(links.every((href) => href.includes('/book/ur/')), links.join('\n'));
    assert.deepEqual(await directions(page), ['rtl']);
    await on.screenshot(page, 'dialog-other-language');
    await on.options(page).first().click();
    await page.waitForURL(/\/book\/ur\//);
    await page.locator('html[lang^=ur]').waitFor();
  });

  it('runs from right to left in Urdu, code from left to right', async () => {
    const page = await site.open('ur/');
    await page.getByRole('button', { name: 'تلاش' }).first().click();
    await on.box(page).fill('ros2 run');
    await on.found(page);
    assert.equal(await page.locator('dialog[open]').evaluate((dialog) => getComputedStyle(dialog).direction), 'rtl');
    assert.deepEqual(await directions(page), ['ltr']);
    await on.screenshot(page, 'dialog-urdu');
  });
});

/** In which directions the parts of the first hit run. */
function directions(page) {
  return on.options(page).first().locator('[dir]').evaluateAll((parts) => [...new Set(parts.map((part) => getComputedStyle(part).direction))]);
}

/** Searches, opens the first hit, and gives its address. */
async function openFirst(page, query) {
  await on.search(page, query);
  const target = await on.options(page).first().evaluate((link) => link.href);
  await on.options(page).first().click();
  await on.dialog(page).waitFor({ state: 'detached' });
  await page.locator('article').waitFor();
  return target;
}
