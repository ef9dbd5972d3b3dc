// What single questions fetch of the book's index, in Chromium.
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { launch } from './chromium.mjs';
import { PKG, SHELF } from './paths.mjs';

/**
 * For each query, asked of a book that has just been opened: the files that it fetches round by round, and those that
 * it fetches when it is asked again, as `{ rounds, again, response }`, a file being `{ name, bytes }`; `head` are the
 * files that opening and loading the encoder, if any, fetch.
 */
export async function blocksOf(queries, { encoder = 'small', ...options } = {}) {
  const server = await serve({ '/pkg/': join(PKG, 'browser'), '/lectern/': SHELF, '/': import.meta.dirname });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/blank.html`);
    return await page.evaluate(askAll, { queries, encoder, options });
  } finally {
    await browser.close();
    await server.close();
  }
}

/** The bytes of a list of files. */
export function bytesOf(files) {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Runs in the page. */
async function askAll({ queries, encoder, options }) {
  const MOST_ROUNDS = 10;
  const { default: init, Engine } = await import('/pkg/lectern_browser.js');
  await init();
  performance.setResourceTimingBufferSize(10_000);
  const during = async (work) => {
    performance.clearResourceTimings();
    await work();
    const entries = performance.getEntriesByType('resource');
    return entries.map(({ name, encodedBodySize }) => ({ name: name.slice(name.lastIndexOf('/') + 1), bytes: encodedBodySize }));
  };
  let head;
  const blocks = [];
  for (const query of queries) {
    let engine;
    head = await during(async () => {
      engine = await Engine.open(new URL('/lectern/', location.href).href);
      if (encoder !== 'none') await engine.loadMeaning(encoder);
    });
    const prepare = async () => {
      const trouble = await engine.prepare(query, options);
      if (trouble) throw trouble;
    };
    const rounds = [];
    while (!engine.isReady(query, options)) {
      rounds.push(await during(prepare));
      if (rounds.length > MOST_ROUNDS) throw new Error(`${query} is not ready after ${MOST_ROUNDS} rounds`);
    }
    const again = await during(prepare);
    blocks.push({ rounds, again, response: engine.search(query, options) });
    engine.free();
  }
  return { head, blocks };
}
