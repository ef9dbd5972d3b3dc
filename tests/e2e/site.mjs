// The built site, served and opened in Chromium, and what a reader does with its search box.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { violations } from '../support/axe.mjs';
import { launch } from '../support/chromium.mjs';
import { ROOT } from '../support/paths.mjs';
import { host } from './host.mjs';

const SCREENSHOTS = join(ROOT, 'tests/e2e/screenshots');

/** Long enough for any machine that is busy: it only tells what is slow from what never comes. */
const PATIENCE_MS = 60_000;

/**
 * Serves a build while the surrounding suite runs, as `host` does, with its settings. `open` gives a page, hydrated;
 * what a test has opened is closed after it. `launching()` gives the arguments of `launch`.
 */
export function useSite(settings, launching = () => []) {
  let site;
  let browser;
  before(async () => {
    site = await host(settings);
    browser = await launch(...launching());
  });
  // Pages that are left open would go on fetching and warming up beside the next test.
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    get root() {
      return site.root;
    },
    /** The relay, as `relay.mjs` gives it. */
    get relay() {
      return site.relay;
    },
    /** The proxy before site and relay. */
    get front() {
      return site.front;
    },
    /** The folder of the index that was changed. */
    get shelf() {
      return site.shelf;
    },
    /**
     * `prepare(page)` runs before anything is loaded. A page has a browser profile of its own, or that of the page
     * `beside`; `root` is another address of the same site.
     */
    async open(path = '', { prepare, beside, root = site.root, ...options } = {}) {
      const context = beside?.context() ?? (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }));
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      await prepare?.(page);
      await page.goto(root + path);
      // The hotkey's hint is only there once React has taken the page over.
      if (options.javaScriptEnabled !== false) await searchButton(page).locator('kbd').first().waitFor({ state: 'attached' });
      return page;
    },
  };
}

export const searchButton = (page) => page.getByRole('button', { name: /^(Search|تلاش)/ }).first();
export const dialog = (page) => page.getByRole('dialog', { name: 'Search this site' });
export const box = (page) => page.locator('input[role=combobox]');
/** What was found, or looked for lately: the dialog's options but for those that lead elsewhere. */
export const options = (page) => page.locator('[role=group] > [role=option]');
export const askOption = (page) => page.getByRole('option', { name: /^Ask: / });
export const allOption = (page) => page.getByRole('option', { name: 'All results on a page' });
/** An alert that says something: while the dialog's script loads, an empty one is there to be filled. */
export const alert = (page) => dialog(page).getByRole('alert').filter({ hasText: /\S/ });
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

/** Goes to another address, of a page in whatever language, and waits until React has taken it over. */
export async function visit(page, url) {
  await page.goto(url);
  await page.locator('kbd').first().waitFor({ state: 'attached' });
}

/** Gives a page other options of the plugin than the site was built with: `written` is how one stands in the shared data. */
export function configure(page, written, wanted) {
  return page.route(/\/main\.[^/]+\.js$/, async (route) => {
    const response = await route.fetch();
    const built = await response.text();
    assert.ok(built.includes(written), 'the script holds the options of the plugin');
    await route.fulfill({ contentType: 'text/javascript', body: built.replace(written, wanted) });
  });
}

/** Opens the dialog, types, and waits for what is found. */
export async function search(page, query) {
  await openSearch(page);
  await box(page).fill(query);
  await found(page);
}

/** Waits for the results of all that was typed: those of a part of it, or of a part of the index, come before. */
export async function found(page) {
  await page.locator('[role=listbox][aria-busy=false] > [role=group] > [role=option]').first().waitFor();
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
