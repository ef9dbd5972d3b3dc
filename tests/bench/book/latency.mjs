// From a keystroke to results, warm, in headless Chromium; with MiniSearch in the same page as the measure.
import { serve } from '../../../scripts/serve.mjs';
import { join } from 'node:path';
import { launch } from '../../support/chromium.mjs';
import { PKG, ROOT, SHELF, SITE } from '../../support/paths.mjs';
import { percentile } from '../statistics.mjs';

const ROUNDS = 3;
const PAUSE_MS = 100;

/** The row that the others are measured by. */
export const MINI_SEARCH = 'MiniSearch alone';

/**
 * Milliseconds for every question, the median of three rounds, by what is timed: in the dialog from the input
 * event that completes the question to the painted results, else the search alone.
 */
export async function latencies(queries, peer) {
  const server = await serve({
    '/': SITE,
    '/bench/pkg/': join(PKG, 'browser'),
    '/bench/shelf/': SHELF,
    '/bench/minisearch/': join(ROOT, 'tests/node_modules/minisearch/dist/es'),
    '/bench/': import.meta.dirname,
    '/bench/blank/': join(ROOT, 'tests/support'),
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        ...(await inDialog(page, server.url, queries)),
        ...(await inPage(page, server.url, queries, peer)),
      });
    }
    const names = Object.keys(rounds[0]);
    return Object.fromEntries(names.map((name) => [name, medians(rounds.map((round) => round[name]))]));
  } finally {
    await browser.close();
    await server.close();
  }
}

async function inDialog(page, url, queries) {
  const type = () => page.evaluate(typeAll, { queries, pause: PAUSE_MS });
  const reads = (encoder) => page.locator(`[data-lectern-stage=meaning][data-lectern-encoder=${encoder}]`).waitFor({ state: 'attached' });
  await page.goto(`${url}/`);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: /^Search/ }).first().click();
  await reads('small');
  const small = await type();
  await page.getByRole('button', { name: /^Search more precisely/ }).click();
  await reads('full');
  return { 'keystroke to results, small encoder': small, 'keystroke to results, full encoder': await type() };
}

async function inPage(page, url, queries, peer) {
  await page.goto(`${url}/bench/blank/blank.html`);
  const { small, full, theirs } = await page.evaluate(searchAll, { queries, peer });
  return { 'engine alone, small encoder': small, 'engine alone, full encoder': full, [MINI_SEARCH]: theirs };
}

/**
 * Runs in the page: gives the search box each question at once and waits for its results. Before each it
 * empties the box and lets the page settle, as it has between two keystrokes of a reader. All questions have
 * been asked before, so that the browser has compiled what it runs and the blocks of the small encoder are there.
 */
async function typeAll({ queries, pause }) {
  const box = document.querySelector('[role=combobox]');
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
  const type = (text) => {
    set.call(box, text);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const until = (condition) =>
    new Promise((done) => {
      const check = () => condition() && (observer.disconnect(), done());
      const observer = new MutationObserver(check);
      observer.observe(document.querySelector('dialog'), { childList: true, subtree: true });
      check();
    });
  const hasResults = () => document.querySelector('[role=group] > [role=option]') !== null;

  // What runs after a frame's callbacks runs when its picture has been handed over.
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  const ask = async (query, rest) => {
    type('');
    await until(() => !hasResults());
    await new Promise((done) => setTimeout(done, rest));
    const start = performance.now();
    type(query);
    await until(hasResults);
    await painted();
    return performance.now() - start;
  };

  for (const query of queries) await ask(query, 0);
  const times = [];
  for (const query of queries) times.push(await ask(query, pause));
  return times;
}

/** Runs in an empty page: the engine and MiniSearch over the same passages, one after the other. */
async function searchAll({ queries, peer }) {
  const { default: init, Engine } = await import('/bench/pkg/lectern_browser.js');
  const { miniSearch } = await import('/bench/peer.mjs');
  await init();
  const engine = await Engine.open(new URL('/bench/shelf/', location.href).href);
  await engine.loadMeaning('small');
  for (const query of queries) {
    while (!engine.isReady(query, {})) {
      const trouble = await engine.prepare(query, {});
      if (trouble) throw trouble;
    }
  }
  const search = miniSearch((await import('/bench/minisearch/index.js')).default, peer);
  const time = (run) => {
    queries.forEach(run);
    return queries.map((query) => {
      const start = performance.now();
      run(query);
      return performance.now() - start;
    });
  };
  const small = time((query) => engine.search(query, {}));
  const theirs = time(search);
  await engine.loadMeaning('full');
  return { small, full: time((query) => engine.search(query, {})), theirs };
}

function medians(rounds) {
  return rounds[0].map((_, index) => percentile(rounds.map((round) => round[index]), 0.5));
}
