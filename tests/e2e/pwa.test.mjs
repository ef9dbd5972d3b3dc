// A site that has a service worker already, by @docusaurus/plugin-pwa: the copy becomes part of it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ROOT } from '../support/paths.mjs';
import { buildSmallSite } from '../support/smallSite.mjs';
import { useDeployments } from './deployments.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const { resolve } = createRequire(join(ROOT, 'www/site/package.json'));
const built = await buildSmallSite({
  files: {
    'docs/index.md': '---\nslug: /\n---\n\n# Start\n\nThe manual of a hand.\n',
    'docs/gripper.md': '# Gripper\n\nThe gripper closes its fingers with a force that its motors measure.\n',
  },
  options: { offline: true },
  plugins: [['@docusaurus/plugin-pwa', { swCustom: resolve('lectern/pwa') }]],
});
after(() => built.remove());

describe('a site with @docusaurus/plugin-pwa', () => {
  const site = useDeployments({ folder: built.folder });
  const toggle = (page) => page.getByRole('switch', { name: 'Available offline' });
  const waitForCopy = (page, state) => page.locator(`[data-lectern-offline=${state}]`).waitFor({ state: 'attached' });

  /** A page that knows the site's service worker, once that is at work. */
  async function settled(path) {
    const page = await site.open(path);
    await page.evaluate(() => navigator.serviceWorker.ready);
    return page;
  }

  /** The scripts of all service workers. */
  const workers = (page) =>
    page.evaluate(async () => {
      const registrations = await navigator.serviceWorker.getRegistrations();
      return registrations.map(({ active }) => new URL(active.scriptURL).pathname);
    });

  it('is built with one service worker', () => {
    assert.ok(existsSync(join(built.folder, 'sw.js')));
    assert.ok(!existsSync(join(built.folder, 'lectern-sw.js')));
    assert.equal(JSON.parse(readFileSync(join(built.folder, 'lectern/offline.json'))).ownWorker, false);
  });

  it('is read, searched and asked without a network once it is kept', async () => {
    const page = await settled('offline');
    await toggle(page).click();
    await waitForCopy(page, 'kept');
    assert.deepEqual(await workers(page), ['/sw.js']);
    await site.quit();
    site.cutOff();

    const cold = await site.open('');
    await on.search(cold, 'force of the motors');
    await cold.keyboard.press('Enter');
    await cold.waitForURL(/\/gripper/);
    await cold.getByRole('heading', { level: 1, name: 'Gripper' }).waitFor();
    await ask.openPanel(cold);
    await ask.askAndWait(cold, 'How does the gripper close?');
    await ask.lastTurn(cold).getByText('closes its fingers').first().waitFor();
  });

  it('keeps its service worker when the copy is deleted', async () => {
    const page = await settled('offline');
    await toggle(page).click();
    await waitForCopy(page, 'kept');
    await toggle(page).click();
    await waitForCopy(page, 'off');
    assert.deepEqual(await workers(page), ['/sw.js']);
    assert.deepEqual(await page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('lectern'))), []);
  });

  it('has its own offline mode as before, without a copy', async () => {
    await settled('?offlineMode=true');
    await site.quit();
    site.cutOff();
    const cold = await site.open('gripper');
    await cold.getByRole('heading', { level: 1, name: 'Gripper' }).waitFor();
  });
});
