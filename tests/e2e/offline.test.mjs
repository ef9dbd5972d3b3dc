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
      await cold.waitForFunction(() => document.querySelector('[role=option]')?.href.includes('foundations/balance'));
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
      await on.search(page, 'quaternion drift of the gyroscope');
      await page.waitForFunction(() => document.querySelector('[role=option]')?.href.includes('sensing'));
      assert.doesNotMatch(await on.dialog(page).innerText(), /with what is loaded/);
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
