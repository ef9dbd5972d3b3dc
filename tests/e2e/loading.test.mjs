// What a page load costs a reader who never searches.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import { openSearch, searchButton, useSite, waitForStage } from './site.mjs';

// Part of the dialog's code alone, so that its presence in a script shows that the dialog was loaded.
const DIALOG_MARK = 'data-lectern-stage';

for (const [base, folder] of [['/', undefined], ['/book/', SITE_AT_BOOK]]) {
  describe(`a page load at ${base}`, () => {
    const site = useSite({ folder, base });

    it('asks for no index, no WebAssembly and no worker before the search box has the focus', async () => {
      const { requests, workers, page } = await watched();
      await page.waitForLoadState('networkidle');
      assert.deepEqual(requests.filter(isSearch), []);
      assert.deepEqual(workers, []);
    });

    it('carries none of the code of the search dialog', async () => {
      const { scripts, page } = await watched();
      await page.waitForLoadState('networkidle');
      const sources = await Promise.all(scripts);
      assert.ok(sources.length > 0, 'the page loads scripts');
      assert.ok(sources.every((source) => !source.includes(DIALOG_MARK)));
    });

    it('loads the code on focus and the index when the dialog opens, all from below the base URL', async () => {
      const { requests, workers, page } = await watched();
      const dialog = page.waitForResponse(
        async (response) => response.request().resourceType() === 'script' && (await response.text()).includes(DIALOG_MARK),
      );
      await searchButton(page).focus();
      await dialog;
      await page.waitForLoadState('networkidle');
      assert.deepEqual(requests.filter(isSearch), []);

      await openSearch(page);
      await waitForStage(page, 'meaning');
      assert.equal(workers.length, 1);
      const asked = requests.filter(isSearch);
      assert.ok(asked.some((url) => url.endsWith('.wasm')));
      assert.ok(asked.some((url) => url.endsWith('/lectern/manifest.json')));
      assert.deepEqual(requests.filter((url) => !url.startsWith(site.root)), []);
    });

    /** A page with a log of what it asked for. */
    async function watched() {
      const requests = [];
      const workers = [];
      const scripts = [];
      const page = await site.open('', {
        prepare: (opening) => {
          opening.context().on('request', (request) => requests.push(request.url()));
          opening.on('worker', (worker) => workers.push(worker.url()));
          opening.on('response', (response) => {
            if (response.request().resourceType() === 'script') {
              const source = response.text();
              // One may come when the test has ended and its page is closed.
              source.catch(() => {});
              scripts.push(source);
            }
          });
        },
      });
      return { requests, workers, scripts, page };
    }
  });
}

function isSearch(url) {
  return url.endsWith('.wasm') || new URL(url).pathname.includes('/lectern/');
}
