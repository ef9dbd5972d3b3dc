// The built site, served and opened in Chromium, and what a reader does with its search box.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { serve } from '../../scripts/serve.mjs';
import { violations } from '../support/axe.mjs';
import { launch } from '../support/chromium.mjs';
import { ROOT, SITE } from '../support/paths.mjs';
import { front } from '../support/front.mjs';
import { damagedShelf } from '../support/shelf.mjs';
import { startRelay } from './relay.mjs';

const SCREENSHOTS = join(ROOT, 'tests/e2e/screenshots');

/**
 * Serves a build while the surrounding suite runs, with its index changed by `damage(folder)` where given, and
 * `others`, folders by URL prefix, beside it. `open` gives a page, hydrated; what it was opened with is closed at
 * the end. With `relay`, settings of a relay (`{}` for none), the site has one at `/relay/` that asks a mock LLM: see
 * `relay.mjs`; `front` is then the proxy before both, which can be told to fail.
 */
export function useSite({ folder = SITE, base = '/', damage, others = {}, relay: settings } = {}) {
  let server;
  let relay;
  let proxy;
  let browser;
  let shelf;
  before(async () => {
    shelf = damage && damagedShelf(damage);
    server = await serve({ ...others, [base]: folder, ...(shelf && { [`${base}lectern/`]: shelf.folder }) });
    if (settings) {
      relay = await startRelay(join(folder, 'lectern'), settings);
      proxy = await front({ '/relay/': { url: relay.url, strip: true }, '/': { url: server.url } });
    }
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await proxy?.close();
    await relay?.stop();
    await server?.close();
    shelf?.remove();
  });
  return {
    get root() {
      return (proxy ?? server).url + base;
    },
    /** The relay, as `relay.mjs` gives it. */
    get relay() {
      return relay;
    },
    /** The proxy before site and relay. */
    get front() {
      return proxy;
    },
    /** The folder of the index that was changed. */
    get shelf() {
      return shelf.folder;
    },
    /**
     * `prepare(page)` runs before anything is loaded. A page has a browser profile of its own, or that of the page
     * `beside`; `root` is another address of the same site.
     */
    async open(path = '', { prepare, beside, root = (proxy ?? server).url + base, ...options } = {}) {
      const context = beside?.context() ?? (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }));
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      await prepare?.(page);
      await page.goto(root + path);
      // The hotkey's hint is only there once React has taken the page over.
      await searchButton(page).locator('kbd').first().waitFor({ state: 'attached' });
      return page;
    },
  };
}

export const searchButton = (page) => page.getByRole('button', { name: /^Search/ }).first();
export const dialog = (page) => page.getByRole('dialog', { name: 'Search this site' });
export const box = (page) => page.getByRole('combobox');
export const options = (page) => page.getByRole('option');
export const alert = (page) => dialog(page).getByRole('alert');
export const selected = (page) => page.locator('[role=option][aria-selected=true]');
export const stage = (page) => page.locator('[data-lectern-stage]').getAttribute('data-lectern-stage');
export const encoder = (page) => page.locator('[data-lectern-encoder]').getAttribute('data-lectern-encoder');
export const better = (page) => page.getByRole('button', { name: /^Search more precisely/ });

/** Opens the dialog as most readers will, and waits until it takes text. */
export async function openSearch(page) {
  await searchButton(page).click();
  await box(page).waitFor();
}

/** Waits until the search has come as far as `words` or `meaning`. */
export async function waitForStage(page, ...stages) {
  const wanted = stages.map((name) => `[data-lectern-stage="${name}"]`).join(', ');
  await page.locator(wanted).waitFor({ state: 'attached' });
}

/** Waits until search by meaning goes on with this encoder. */
export async function waitForEncoder(page, name) {
  await page.locator(`[data-lectern-stage="meaning"][data-lectern-encoder="${name}"]`).waitFor({ state: 'attached' });
}

/** The names of the files of the index that a page asks for from now on. */
export function requestedFiles(page, below = '/lectern/') {
  const names = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const at = pathname.indexOf(below);
    if (at >= 0) names.push(pathname.slice(at + below.length));
  });
  return names;
}

/** Opens the dialog, types, and waits for results. */
export async function search(page, query) {
  await openSearch(page);
  await box(page).fill(query);
  await options(page).first().waitFor();
}

/** Keeps a picture for people to look at. */
export async function screenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** Nothing that axe knows of keeps a reader from using the page as it is now; `parts` as `violations` takes them. */
export async function accessible(page, parts) {
  assert.deepEqual(await violations(page, parts), []);
}
