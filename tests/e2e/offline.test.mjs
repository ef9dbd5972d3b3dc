// The copy of the book for times without a network: made on request, whole or not at all, and read from a cold start.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { violations } from '../support/axe.mjs';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import { listOf, sheetOf, useDeployments } from './deployments.mjs';
import * as on from './site.mjs';

const QUESTION = 'how do I keep a biped from falling over';
const toggle = (page) => page.getByRole('switch', { name: 'Available offline' });
const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Waits until the copy has come to one of these states. */
const waitForCopy = (page, ...states) =>
  page.locator(states.map((state) => `[data-lectern-offline="${state}"]`).join(', ')).waitFor({ state: 'attached' });

/** Opens the page about the copy. */
async function openSettings(site, options) {
  const page = await site.open('offline', options);
  await page.locator('[role=switch]:enabled').waitFor();
  return page;
}

/** Keeps the book, or search alone, and waits until all is there. */
async function keep(page, choice) {
  if (choice) await page.getByLabel(choice).check();
  await toggle(page).click();
  await waitForCopy(page, 'kept');
}

/** Waits until there is a whole copy for which `predicate` holds. */
async function untilRecorded(page, predicate) {
  for (let record; !record || !predicate(record); ) {
    record = await page.evaluate(async () => {
      await new Promise(requestAnimationFrame);
      return (await caches.match('https://lectern.invalid/offline-record'))?.json();
    });
  }
}

/** What the browser has of the copy. */
function traces(page) {
  return page.evaluate(async () => ({
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: (await caches.keys()).filter((name) => name.startsWith('lectern-offline')),
  }));
}

for (const [base, folder] of [['/', undefined], ['/book/', SITE_AT_BOOK]]) {
  describe(`the copy of a site at ${base}`, () => {
    const site = useDeployments({ base, folder });

    it('is not begun before the reader asks for it', async () => {
      const page = await openSettings(site);
      await on.search(page, 'balance');
      assert.deepEqual(await traces(page), { workers: 0, caches: [] });
      assert.ok(!site.asked.some((path) => path.startsWith('lectern-sw') || /^lectern\/offline\.\w{16}/.test(path)));
    });

    it('is read and searched by meaning from a cold start without a network', async () => {
      const page = await openSettings(site);
      await keep(page);
      await site.quit();
      site.cutOff();

      const cold = await site.open('docs/intro');
      assert.match(await cold.title(), /How to read this book/);
      await on.search(cold, QUESTION);
      await on.waitForEncoder(cold, 'small');
      await cold.waitForFunction(() => document.querySelector('[role=group] > [role=option]')?.href.includes('foundations/balance'));
      await cold.keyboard.press('Enter');
      await cold.waitForURL(/foundations\/balance/);
      await cold.getByRole('heading', { level: 1 }).waitFor();
      await cold.goto(`${site.root}docs/ros2/topics-and-qos`);
      await cold.getByRole('heading', { level: 1 }).waitFor();
      assert.equal((await cold.goto(`${site.root}docs/nowhere`)).status(), 404);
      await cold.getByText('Page Not Found').waitFor();
    });

    it('is used by the page it was made from, once the network goes', async () => {
      const page = await openSettings(site);
      await on.search(page, 'torque');
      await on.waitForEncoder(page, 'small');
      await page.keyboard.press('Escape');
      await keep(page);
      site.cutOff();
      await page.context().setOffline(true);
      await on.search(page, 'quaternion drift of the gyroscope');
      await page.waitForFunction(() => document.querySelector('[role=group] > [role=option]')?.href.includes('sensing'));
      assert.doesNotMatch(await on.dialog(page).innerText(), /with what is loaded/);
      await on.dialog(page).getByText('Offline', { exact: true }).waitFor();
      await on.screenshot(page, 'dialog-offline');
    });

    it('is deleted with the worker when it is turned off', async () => {
      const page = await openSettings(site);
      await keep(page);
      assert.equal((await traces(page)).workers, 1);
      await toggle(page).click();
      await waitForCopy(page, 'off');
      assert.deepEqual(await traces(page), { workers: 0, caches: [] });
      await page.reload();
      await page.locator('[role=switch][aria-checked=false]:enabled').waitFor();
      assert.deepEqual(await traces(page), { workers: 0, caches: [] });
    });
  });
}

describe('a copy of search alone', () => {
  const site = useDeployments();

  it('answers anywhere, and says which pages are not kept', async () => {
    const page = await openSettings(site);
    await keep(page, 'Search and answers only');
    await site.quit();
    site.cutOff();
    const cold = await site.open('docs/foundations/balance');
    assert.match(cold.url(), /\/offline\?from=/);
    await cold.getByText('this page is not kept on this device').waitFor();
    assert.equal(await cold.getByRole('link', { name: 'Load the page again' }).getAttribute('href'), `${site.root}docs/foundations/balance`);
    await on.search(cold, QUESTION);
    await on.waitForEncoder(cold, 'small');
    await cold.keyboard.press('Escape');
    assert.deepEqual(await violations(cold), []);
    await on.screenshot(cold, 'offline-page-not-kept');
  });

  it('leads nowhere else from the page that it shows instead', async () => {
    const page = await openSettings(site);
    for (const from of ['.//elsewhere.example', '/elsewhere.example', 'javascript:alert(1)']) {
      await page.goto(`${site.root}offline?from=${encodeURIComponent(from)}`);
      await page.locator('[role=switch]:enabled').waitFor();
      const links = await page.locator('main a').evaluateAll((list) => list.map((link) => link.origin));
      assert.deepEqual(links.filter((origin) => origin !== new URL(site.root).origin), []);
    }
  });
});

describe('a download', () => {
  const site = useDeployments();
  const SHELF = /\/lectern\/(terms|group)\./;
  const isFile = (path) => path.startsWith('lectern/') && path.endsWith('.lectern');

  it('that the network breaks off says so and goes on by itself, with what is missing alone', async () => {
    const page = await openSettings(site);
    site.front.delay = 20;
    await toggle(page).click();
    await page.waitForFunction(() => document.querySelector('progress')?.value > 2e5);
    site.cutOff();
    await waitForCopy(page, 'failed');
    assert.match(await page.getByRole('alert').innerText(), /connection was lost/);
    assert.ok(await page.evaluate(() => caches.match('https://lectern.invalid/offline-record').then((found) => !found)));
    assert.deepEqual(await violations(page, { include: 'main' }), []);
    await on.screenshot(page, 'offline-interrupted');
    const came = (await stored(page)).size;
    assert.ok(came > 5, `${came} files came`);

    Object.assign(site.front, { down: undefined, delay: 0 });
    site.front.requests.length = 0;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await waitForCopy(page, 'kept');
    const { search, pages } = listOf(site.deployed).files;
    assert.equal(new Set(site.asked.filter((path) => isListed(path, [...search, ...pages]))).size, new Set([...search, ...pages].map(([, , hash]) => hash)).size - came);
  });

  it('that ends with its tab goes on at the next visit', async () => {
    const page = await openSettings(site);
    site.cutOff(SHELF);
    await toggle(page).click();
    await page.locator('progress').waitFor();
    await page.waitForFunction(() => document.querySelector('progress').value > 1e5);
    await site.quit();
    site.front.down = undefined;
    site.front.requests.length = 0;
    const again = await site.open('docs/intro');
    await untilRecorded(again, () => true);
    const asked = site.asked.filter(isFile);
    assert.ok(asked.length > 300);
    assert.equal(new Set(asked).size, asked.length);
  });

  it('waits while it is paused, also over visits', async () => {
    const page = await openSettings(site);
    site.front.delay = 30;
    await toggle(page).click();
    await page.waitForFunction(() => document.querySelector('progress')?.value > 1e5);
    await on.screenshot(page, 'offline-downloading');
    await button(page, 'Pause').click();
    await waitForCopy(page, 'paused');
    assert.deepEqual(await violations(page, { include: 'main' }), []);
    await page.waitForLoadState('networkidle');
    site.front.delay = 0;
    site.front.requests.length = 0;
    await page.reload();
    await waitForCopy(page, 'paused');
    await page.waitForLoadState('networkidle');
    assert.deepEqual(site.asked.filter(isFile), []);
    await on.screenshot(page, 'offline-paused');
    await button(page, 'Go on').click();
    await waitForCopy(page, 'kept');
  });

  it('is shown by two tabs and made by one', async () => {
    const first = await openSettings(site);
    const second = await openSettings(site);
    site.front.delay = 30;
    site.front.requests.length = 0;
    await toggle(first).click();
    await second.waitForFunction(() => document.querySelector('progress')?.value > 1e5);
    await second.locator('[role=switch][aria-checked=true]').waitFor();
    site.front.delay = 0;
    await Promise.all([waitForCopy(first, 'kept'), waitForCopy(second, 'kept')]);
    const asked = site.asked.filter(isFile);
    assert.equal(new Set(asked).size, asked.length);
    await toggle(second).click();
    await waitForCopy(first, 'off');
  });

  it('that has no room says how much is missing, and leaves what was kept', async () => {
    const page = await openSettings(site);
    await keep(page, 'Search and answers only');
    const session = await page.context().newCDPSession(page);
    const { usage } = await page.evaluate(() => navigator.storage.estimate());
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.root).origin, quotaSize: usage + 1_000_000 });
    await page.getByLabel('Search and all pages').check();
    await waitForCopy(page, 'failed');
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

  it('brings what has changed alone, and all of it at once', async () => {
    const page = await openSettings(site);
    await keep(page);
    const before = sheetOf(site.deployed);
    const takeBack = await site.deploy(OLD, NEW);
    const after = sheetOf(site.deployed);
    try {
      // The new style sheet does not come, so the new copy is not whole.
      site.front.requests.length = 0;
      site.front.down = new RegExp(after);
      await page.reload();
      await waitForCopy(page, 'failed');
      site.cutOff();
      assert.deepEqual(await load(page), { title: OLD, sheet: before });

      site.front.down = undefined;
      await page.goto(`${site.root}offline`);
      await untilRecorded(page, ({ previous }) => previous);
      assert.deepEqual(site.asked.filter((path) => /\.(lectern|js|wasm)$/.test(path) && path !== 'lectern-sw.js'), []);
      site.cutOff();
      assert.deepEqual(await load(page), { title: NEW, sheet: after });
    } finally {
      takeBack();
    }
  });

  it('leaves a page that is open with the rest of its own deployment', async () => {
    const page = await openSettings(site);
    await keep(page);
    const before = sheetOf(site.deployed);
    const open = await site.open('docs/intro');
    const takeBack = await site.deploy(OLD, NEW);
    try {
      await page.reload();
      await untilRecorded(page, ({ previous }) => previous);
      site.cutOff();
      assert.equal(await open.evaluate((name) => fetch(`/assets/css/${name}`).then(({ status }) => status), before), 200);
      await on.search(open, QUESTION);
      await on.waitForEncoder(open, 'small');
    } finally {
      takeBack();
    }
  });
});

describe('a browser', () => {
  const site = useDeployments();

  it('that cannot keep the site says why', async () => {
    const prepare = (page) => page.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }));
    const page = await site.open('offline', { prepare });
    await page.getByText('This browser cannot keep the book here').waitFor();
    assert.equal(await toggle(page).count(), 0);
    await on.screenshot(page, 'offline-unsupported');
  });

  it('that saves data fetches a newer copy only when asked', async () => {
    const page = await openSettings(site);
    await keep(page);
    const takeBack = await site.deploy('Search by Lectern', 'Found by Lectern');
    try {
      await page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }));
      await page.reload();
      await page.getByText('The book has changed since then').waitFor();
      await on.screenshot(page, 'offline-stale');
      await button(page, 'Update the copy').click();
      await page.getByText('The copy is complete and up to date').waitFor();
    } finally {
      takeBack();
    }
  });

  it('on a slow network shows the kept page instead of waiting', async () => {
    const page = await openSettings(site);
    await keep(page);
    site.front.delay = 60_000;
    await page.goto(`${site.root}docs/intro`, { waitUntil: 'commit' });
    await page.getByRole('heading', { level: 1, name: 'How to read this book' }).waitFor();
  });
});

for (const [name, options, path] of [
  ['light', {}, ''],
  ['dark', { colorScheme: 'dark' }, ''],
  ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, ''],
  ['urdu', {}, 'ur/'],
]) {
  describe(`the page about the copy, ${name}`, () => {
    const site = useDeployments({ base: '/book/', folder: SITE_AT_BOOK });

    it('can be used by everybody, with nothing kept and with everything', async () => {
      const page = await site.open(`${path}offline`, options);
      await page.locator('[role=switch]:enabled').waitFor();
      assert.deepEqual(await violations(page, { include: 'main' }), []);
      await on.screenshot(page, `offline-${name}-off`);
      await page.getByRole('switch').click();
      await waitForCopy(page, 'kept');
      assert.deepEqual(await violations(page, { include: 'main' }), []);
      await on.screenshot(page, `offline-${name}-kept`);
    });
  });
}
