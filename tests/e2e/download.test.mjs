// Downloading a copy for times without a network: broken off, paused, in two tabs, without room, and of a newer deployment.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { violations } from '../support/axe.mjs';
import * as copies from './copies.mjs';
import { listOf, sheetOf, useDeployments } from './deployments.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const QUESTION = 'how do I keep a biped from falling over';

describe('a download', () => {
  const site = useDeployments();
  const SHELF = /\/lectern\/(terms|group)\./;
  /** Files that are under way at once, which a pause breaks off. */
  const SIDE_BY_SIDE = 6;
  /** Milliseconds a file takes while a page is looked at that shows a download: it does not end meanwhile. */
  const SLOW = 2_000;
  const isFile = (path) => path.startsWith('lectern/') && path.endsWith('.lectern');

  it('that the network breaks off says so and goes on by itself, with what is missing alone', async () => {
    const page = await copies.openSettings(site);
    site.front.delay = 20;
    await copies.toggle(page).click();
    await page.waitForFunction(() => Number(/(\d+) of \d+ files/.exec(document.querySelector('progress + p')?.innerText)?.[1]) > 10);
    site.cutOff();
    await copies.waitForCopy(page, 'failed');
    assert.match(await page.getByRole('alert').innerText(), /connection was lost/);
    assert.ok(await page.evaluate(() => caches.match('https://lectern.invalid/offline-record').then((found) => !found)));
    assert.deepEqual(await violations(page, { include: 'main' }), []);
    await on.screenshot(page, 'offline-interrupted');
    const came = (await stored(page)).size;
    assert.ok(came > 5, `${came} files came`);

    Object.assign(site.front, { down: undefined, delay: 0 });
    site.front.requests.length = 0;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await copies.waitForCopy(page, 'kept');
    const { search, pages } = listOf(site.deployed).files;
    assert.equal(new Set(site.asked.filter((path) => isListed(path, [...search, ...pages]))).size, new Set([...search, ...pages].map(([, , hash]) => hash)).size - came);
  });

  it('that ends with its tab goes on at the next visit', async () => {
    const page = await copies.openSettings(site);
    site.cutOff(SHELF);
    await copies.toggle(page).click();
    await page.locator('progress').waitFor();
    await page.waitForFunction(() => document.querySelector('progress').value > 1e5);
    await site.quit();
    site.front.down = undefined;
    site.front.requests.length = 0;
    const again = await site.open('docs/intro');
    await copies.untilRecorded(again, () => true);
    const asked = site.asked.filter(isFile);
    assert.ok(asked.length > 300);
    assert.equal(new Set(asked).size, asked.length);
  });

  it('waits while it is paused, also over visits', async () => {
    const page = await copies.openSettings(site);
    site.front.delay = 30;
    await copies.toggle(page).click();
    await page.waitForFunction(() => document.querySelector('progress')?.value > 1e5);
    site.front.delay = SLOW;
    await on.screenshot(page, 'offline-downloading');
    await copies.button(page, 'Pause').click();
    await copies.waitForCopy(page, 'paused');
    assert.deepEqual(await violations(page, { include: 'main' }), []);
    await page.waitForLoadState('networkidle');
    site.front.delay = 0;
    site.front.requests.length = 0;
    await page.reload();
    await copies.waitForCopy(page, 'paused');
    await page.waitForLoadState('networkidle');
    assert.deepEqual(site.asked.filter(isFile), []);
    await on.screenshot(page, 'offline-paused');
    await copies.button(page, 'Go on').click();
    await copies.waitForCopy(page, 'kept');
  });

  it('is shown by two tabs and made by one, and heeds the panel of the other', async () => {
    const first = await copies.openSettings(site);
    const second = await site.open('docs/intro');
    await ask.openPanel(second);
    await ask.button(second, 'Reading offline').click();
    await copies.toggle(second).waitFor();
    site.front.delay = 30;
    site.front.requests.length = 0;
    await copies.toggle(first).click();
    await second.waitForFunction(() => document.querySelector('progress')?.value > 1e5);
    site.front.delay = SLOW;
    await second.locator('[role=switch][aria-checked=true]').waitFor();
    assert.deepEqual(await violations(second, { include: '[data-lectern-panel]' }), []);
    await on.screenshot(second, 'offline-panel');
    await ask.button(second, 'Pause').click();
    await Promise.all([copies.waitForCopy(first, 'paused'), copies.waitForCopy(second, 'paused')]);
    site.front.delay = 0;
    await ask.button(second, 'Go on').click();
    await Promise.all([copies.waitForCopy(first, 'kept'), copies.waitForCopy(second, 'kept')]);
    const asked = site.asked.filter(isFile);
    const again = asked.length - new Set(asked).size;
    assert.ok(again <= SIDE_BY_SIDE, `${again} files were asked for again`);
    await copies.toggle(second).click();
    await copies.waitForCopy(first, 'off');
  });

  it('that has no room says how much is missing, and leaves what was kept', async () => {
    const page = await copies.openSettings(site);
    await copies.keep(page, 'Search and answers only');
    const session = await page.context().newCDPSession(page);
    const { usage } = await page.evaluate(() => navigator.storage.estimate());
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.root).origin, quotaSize: usage + 1_000_000 });
    await page.getByLabel('Search and all pages').check();
    await copies.waitForCopy(page, 'failed');
    assert.match(await page.getByRole('alert').innerText(), /not enough room: 4\.\d.MB are needed/);
    assert.deepEqual(await violations(page, { include: 'main' }), []);
    await on.screenshot(page, 'offline-no-space');
    site.cutOff();
    await page.goto(`${site.root}docs/foundations/balance`);
    await on.search(page, QUESTION);
    await on.waitForEncoder(page, 'small');
  });

  /** The keys of the files that are there. */
  async function stored(page) {
    const keys = await page.evaluate(async () => (await (await caches.open('lectern-offline:/')).keys()).map(({ url }) => url));
    return new Set(keys.filter((url) => url.includes('/offline/')));
  }

  function isListed(path, files) {
    return files.some(([name]) => name === path);
  }
});

describe('a site that is deployed anew', () => {
  const site = useDeployments();
  const OLD = 'How to read this book';
  const NEW = 'How to use this book';

  /** What a page that the copy answers with is made of: its text as it came, and its style sheet, once that is loaded. */
  async function load(page) {
    const response = await page.goto(`${site.root}docs/intro`);
    const title = /<title[^>]*>([^|<]*) \|/.exec(await response.text())[1];
    const sheet = await page.locator('link[rel=stylesheet]').first().evaluate(({ href, sheet }) => sheet && href.split('/').at(-1));
    return { title, sheet };
  }

  it('brings what has changed alone and all of it at once, but leaves an open page with the rest of its own', async () => {
    const page = await copies.openSettings(site);
    await copies.keep(page);
    const before = sheetOf(site.deployed);
    // Another page than is loaded later, which the browser's own cache would have.
    const open = await site.open('docs/glossary');
    const takeBack = await site.deploy(OLD, NEW);
    const after = sheetOf(site.deployed);
    try {
      // The new style sheet does not come, so the new copy is not whole.
      site.front.requests.length = 0;
      site.front.down = new RegExp(after);
      await page.reload();
      await copies.waitForCopy(page, 'failed');
      site.cutOff();
      assert.deepEqual(await load(page), { title: OLD, sheet: before });

      site.front.down = undefined;
      await page.goto(`${site.root}offline`);
      await copies.untilRecorded(page, ({ previous }) => previous);
      assert.deepEqual(site.asked.filter((path) => /\.(lectern|js|wasm)$/.test(path) && path !== 'lectern-sw.js'), []);
      site.cutOff();
      assert.deepEqual(await load(page), { title: NEW, sheet: after });
      assert.equal(await open.evaluate((name) => fetch(`/assets/css/${name}`).then(({ status }) => status), before), 200);
      await on.search(open, QUESTION);
      await on.waitForEncoder(open, 'small');
    } finally {
      takeBack();
    }
  });
});
