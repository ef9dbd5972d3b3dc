// The copy of the book for times without a network: made on request, whole or not at all, and read from a cold start.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { violations } from '../support/axe.mjs';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as copies from './copies.mjs';
import { useDeployments } from './deployments.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const QUESTION = 'how do I keep a biped from falling over';

for (const [base, folder] of [['/', undefined], ['/book/', SITE_AT_BOOK]]) {
  describe(`the copy of a site at ${base}`, () => {
    const site = useDeployments({ base, folder });

    it('is not begun before the reader asks for it', async () => {
      const page = await copies.openSettings(site);
      await on.search(page, 'balance');
      assert.deepEqual(await copies.traces(page), { workers: 0, caches: [] });
      assert.ok(!site.asked.some((path) => path.startsWith('lectern-sw') || /^lectern\/offline\.\w{16}/.test(path)));
    });

    it('is used by the page it was made from, then from a cold start without a network, and is deleted with its worker', async () => {
      const page = await copies.openSettings(site);
      await on.search(page, 'torque');
      await on.waitForEncoder(page, 'small');
      await page.keyboard.press('Escape');
      await copies.keep(page);
      assert.equal((await copies.traces(page)).workers, 1);
      site.cutOff();
      await page.context().setOffline(true);
      await on.search(page, 'quaternion drift of the gyroscope');
      await page.waitForFunction(() => document.querySelector('[role=group] > [role=option]')?.href.includes('sensing'));
      assert.doesNotMatch(await on.dialog(page).innerText(), /with what is loaded/);
      await on.dialog(page).getByText('Offline', { exact: true }).waitFor();
      await on.screenshot(page, 'dialog-offline');

      await site.quit();
      const cold = await site.open('docs/intro');
      assert.match(await cold.title(), /How to read this book/);
      await searches(cold);
      await asks(cold);
      const target = await ask.chips(cold).first().evaluate(({ href }) => href);
      await ask.chips(cold).first().click();
      await cold.waitForURL(target);
      await cold.getByRole('heading', { level: 1 }).waitFor();
      await cold.goto(`${site.root}docs/ros2/topics-and-qos`);
      await cold.getByRole('heading', { level: 1 }).waitFor();
      assert.equal((await cold.goto(`${site.root}docs/nowhere`)).status(), 404);
      await cold.getByText('Page Not Found').waitFor();

      site.front.down = undefined;
      await cold.goto(`${site.root}offline`);
      await cold.locator('[role=switch][aria-checked=true]:enabled').click();
      await copies.waitForCopy(cold, 'off');
      assert.deepEqual(await copies.traces(cold), { workers: 0, caches: [] });
      await cold.reload();
      await cold.locator('[role=switch][aria-checked=false]:enabled').waitFor();
      assert.deepEqual(await copies.traces(cold), { workers: 0, caches: [] });
    });

    /** Search by meaning finds a page and opens it. */
    async function searches(page) {
      await on.search(page, QUESTION);
      await on.waitForEncoder(page, 'small');
      await page.waitForFunction(() => document.querySelector('[role=group] > [role=option]')?.href.includes('foundations/balance'));
      await page.keyboard.press('Enter');
      await page.waitForURL(/foundations\/balance/);
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
  });
}

describe('a copy of search alone', () => {
  const site = useDeployments();

  it('answers anywhere, and says which pages are not kept', async () => {
    const page = await copies.openSettings(site);
    await copies.keep(page, 'Search and answers only');
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
    await asks(cold);
  });

  it('leads nowhere else from the page that it shows instead', async () => {
    const page = await copies.openSettings(site);
    for (const from of ['.//elsewhere.example', '/elsewhere.example', 'javascript:alert(1)']) {
      await page.goto(`${site.root}offline?from=${encodeURIComponent(from)}`);
      await page.locator('[role=switch]:enabled').waitFor();
      const links = await page.locator('main a').evaluateAll((list) => list.map((link) => link.origin));
      assert.deepEqual(links.filter((origin) => origin !== new URL(site.root).origin), []);
    }
  });
});

describe('a browser', () => {
  const site = useDeployments();

  it('that cannot keep the site says why', async () => {
    const prepare = (page) => page.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }));
    const page = await site.open('offline', { prepare });
    await page.getByText('This browser cannot keep the book here').waitFor();
    assert.equal(await copies.toggle(page).count(), 0);
    await on.screenshot(page, 'offline-unsupported');
  });

  it('that saves data fetches a newer copy only when asked, and on a slow network shows the kept page', async () => {
    const page = await copies.openSettings(site);
    await copies.keep(page);
    const takeBack = await site.deploy('Search by Lectern', 'Found by Lectern');
    try {
      await page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }));
      await page.goto(`${site.root}offline`);
      await page.getByText('The book has changed since then').waitFor();
      await on.screenshot(page, 'offline-stale');
      await copies.button(page, 'Update the copy').click();
      await page.getByText('The copy is complete and up to date').waitFor();
    } finally {
      takeBack();
    }

    site.front.delay = 60_000;
    await page.goto(`${site.root}docs/intro`, { waitUntil: 'commit' });
    await page.getByRole('heading', { level: 1, name: 'How to read this book' }).waitFor();
  });
});

const PHONE = { width: 390, height: 844 };

for (const [path, looks] of [
  ['', [{ name: 'light' }, { name: 'dark', colorScheme: 'dark' }, { name: 'phone', colorScheme: 'dark', viewport: PHONE }]],
  ['ur/', [{ name: 'urdu' }]],
]) {
  describe(`the page about the copy, at ${path || 'the root'}`, () => {
    const site = useDeployments({ base: '/book/', folder: SITE_AT_BOOK });

    it('can be used by everybody, with nothing kept and with everything', async () => {
      const page = await site.open(`${path}offline`);
      await page.locator('[role=switch]:enabled').waitFor();
      await looksWell(page, 'off');
      await page.getByRole('switch').click();
      await copies.waitForCopy(page, 'kept');
      await looksWell(page, 'kept');
    });

    async function looksWell(page, state) {
      const usual = page.viewportSize();
      for (const { name, colorScheme = 'light', viewport = usual } of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        assert.deepEqual(await violations(page, { include: 'main' }), [], name);
        await on.screenshot(page, `offline-${name}-${state}`);
      }
      await page.setViewportSize(usual);
    }
  });
}

/** A question is answered by quotations of the book with links to them, computed in the browser. */
async function asks(page) {
  await ask.openPanel(page);
  await ask.askAndWait(page, 'What does a gyroscope measure?');
  const quoted = ask.lastTurn(page).getByRole('region', { name: 'From the book, word for word' });
  assert.match(await quoted.innerText(), /angular (rate|velocity)|rotation/i);
  assert.ok((await ask.chips(page).count()) > 0);
}
