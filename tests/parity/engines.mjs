// One search, three machines: the native command, WebAssembly in Node, WebAssembly in Chromium.
// Each gives, for a list of queries, the hits as `{ passage, bits }`: the f32 score's bits in hexadecimal.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { launch } from '../support/chromium.mjs';
import { LECTERN, PKG, QUESTIONS, SHELF } from '../support/paths.mjs';

const LARGEST_OUTPUT = 256 << 20;

/** `lectern search`, natively. */
export function searchNatively(mode, limit) {
  const options = ['--queries', QUESTIONS, '--json', '--mode', mode, '-k', String(limit)];
  const output = execFileSync(LECTERN, ['search', SHELF, ...options], {
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
  });
  return output.trim().split('\n').map((line) => JSON.parse(line).hits.map(({ passage, bits }) => ({ passage, bits })));
}

/** The package for Node. */
export function searchInNode(queries, mode, limit) {
  const { Searcher } = createRequire(import.meta.url)(join(PKG, 'node/lectern_node.js'));
  const searcher = new Searcher(shelfFiles());
  return queries.map((query) => hitsOf(searcher.search(query, { limit, mode })));
}

/** The package for browsers, fetching the shelf over HTTP. */
export async function searchInChromium(queries, mode, limit) {
  const server = await serve({ '/pkg/': join(PKG, 'browser'), '/lectern/': SHELF, '/': import.meta.dirname });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/blank.html`);
    const responses = await page.evaluate(searchAll, { queries, mode, limit });
    return responses.map(hitsOf);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Runs in the page. */
async function searchAll({ queries, mode, limit }) {
  const { default: init, Engine } = await import('/pkg/lectern_browser.js');
  await init();
  const engine = await Engine.open(new URL('/lectern/', location.href).href);
  await engine.loadMeaning();
  return queries.map((query) => engine.search(query, { mode, limit }));
}

function shelfFiles() {
  return Object.fromEntries(readdirSync(SHELF).map((name) => [name, new Uint8Array(readFileSync(join(SHELF, name)))]));
}

/** The hits of all pages, best first; equal scores in the order of the book. */
function hitsOf({ pages }) {
  return pages
    .flatMap((page) => page.hits)
    .sort((a, b) => b.score - a.score || a.passage - b.passage)
    .map(({ passage, score }) => ({ passage, bits: bitsOf(score) }));
}

function bitsOf(score) {
  if (Math.fround(score) !== score) throw new Error(`${score} is not an f32`);
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, score);
  return view.getUint32(0).toString(16).padStart(8, '0');
}
