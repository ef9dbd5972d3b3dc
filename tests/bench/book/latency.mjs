// From a keystroke to results, warm, in headless Chromium; with MiniSearch in the same page as the measure.
import { serve } from '../../../scripts/serve.mjs';
import { join } from 'node:path';
import { launch } from '../../support/chromium.mjs';
import { PKG, ROOT, SHELF, SITE } from '../../support/paths.mjs';
import { percentile } from '../statistics.mjs';

const ROUNDS = 3;
const WARM_UP = 20;
const PAUSE_MS = 100;

/**
 * Milliseconds for every question, the median of three rounds: `dialog` from the input event that completes
 * the question to the results in the page, `engine` for the search alone, `miniSearch` for MiniSearch's.
 */
export async function latencies(queries, peer) {
  const server = await serve({
    '/': SITE,
    '/bench/pkg/': join(PKG, 'browser'),
    '/bench/shelf/': SHELF,
    '/bench/minisearch/': join(ROOT, 'tests/node_modules/minisearch/dist/es'),
    '/bench/': import.meta.dirname,
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        dialog: await inDialog(page, server.url, queries),
        ...(await inPage(page, server.url, queries, peer)),
      });
    }
    return {
      dialog: medians(rounds.map(({ dialog }) => dialog)),
      engine: medians(rounds.map(({ engine }) => engine)),
      miniSearch: medians(rounds.map(({ miniSearch }) => miniSearch)),
    };
  } finally {
    await browser.close();
    await server.close();
  }
}


async function inDialog(page, url, queries) {
  await page.goto(`${url}/`);
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: /^Search/ }).first().click();
  await page.locator('[data-lectern-stage=meaning]').waitFor({ state: 'attached' });
  return page.evaluate(typeAll, { queries, warmUp: WARM_UP, pause: PAUSE_MS });
}

async function inPage(page, url, queries, peer) {
  await page.goto(`${url}/bench/blank.html`);
  return page.evaluate(searchAll, { queries, peer });
}

/**
 * Runs in the page: gives the search box each question at once and waits for its results. Before each it
 * empties the box and lets the page settle, as it has between two keystrokes of a reader. The first
 * questions are asked twice, so that the browser has compiled what it runs.
 */
async function typeAll({ queries, warmUp, pause }) {
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
  const hasResults = () => document.querySelector('[role=option]') !== null;

  const times = [];
  for (const query of [...queries.slice(0, warmUp), ...queries]) {
    type('');
    await until(() => !hasResults());
    await new Promise((done) => setTimeout(done, pause));
    const start = performance.now();
    type(query);
    await until(hasResults);
    times.push(performance.now() - start);
  }
  return times.slice(-queries.length);
}

/** Runs in an empty page: the engine and MiniSearch over the same passages, one after the other. */
async function searchAll({ queries, peer }) {
  const { default: init, Engine } = await import('/bench/pkg/lectern_browser.js');
  const { miniSearch } = await import('/bench/peer.mjs');
  await init();
  const engine = await Engine.open(new URL('/bench/shelf/', location.href).href);
  await engine.loadMeaning();
  const search = miniSearch((await import('/bench/minisearch/index.js')).default, peer);
  const time = (run) => {
    queries.forEach(run);
    return queries.map((query) => {
      const start = performance.now();
      run(query);
      return performance.now() - start;
    });
  };
  return { engine: time((query) => engine.search(query, {})), miniSearch: time(search) };
}

function medians(rounds) {
  return rounds[0].map((_, index) => percentile(rounds.map((round) => round[index]), 0.5));
}
