// What single questions fetch of the small encoder's table, in Chromium.
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { launch } from './chromium.mjs';
import { PKG, SHELF } from './paths.mjs';

/**
 * For each query, asked of a book that has just been opened: the blocks it fetches beyond those that come
 * with the encoder, and those it fetches when it is asked again, as `{ first, again }`, lists of
 * `{ name, bytes }`; `head` are the files that loading the small encoder fetches.
 */
export async function blocksOf(queries) {
  const server = await serve({ '/pkg/': join(PKG, 'browser'), '/lectern/': SHELF, '/': import.meta.dirname });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/blank.html`);
    return await page.evaluate(askAll, queries);
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
async function askAll(queries) {
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
    const engine = await Engine.open(new URL('/lectern/', location.href).href);
    head = await during(() => engine.loadMeaning('small'));
    const ready = engine.isReady(query);
    const first = await during(() => engine.prepare(query));
    if (!engine.isReady(query)) throw new Error(`${query} is not ready after prepare`);
    if (ready !== (first.length === 0)) throw new Error(`${query} was ready: ${ready}, and fetched ${first.length} files`);
    const again = await during(() => engine.prepare(query));
    engine.free();
    blocks.push({ first, again });
  }
  return { head, blocks };
}
