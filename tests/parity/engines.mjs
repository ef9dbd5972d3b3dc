// One search, three machines: the native command, WebAssembly in Node, WebAssembly in Chromium.
// Each gives, for a list of queries, the hits as `{ passage, bits }`: the f32 score's bits in hexadecimal.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { launch } from '../support/chromium.mjs';
import { LECTERN, PKG, QUESTIONS, ROOT, SHELF } from '../support/paths.mjs';

const LARGEST_OUTPUT = 256 << 20;

/** `lectern search`, natively. */
export function searchNatively(mode, encoder, limit) {
  const options = ['--queries', QUESTIONS, '--json', '--mode', mode, '--encoder', encoder, '-k', String(limit)];
  const output = execFileSync(LECTERN, ['search', SHELF, ...options], {
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
  });
  return output.trim().split('\n').map((line) => JSON.parse(line).hits.map(({ passage, bits }) => ({ passage, bits })));
}

/** The quotations of `lectern search --answer`, natively, question by question. */
export function answersNatively(encoder, limit) {
  const options = ['--queries', QUESTIONS, '--json', '--answer', '--encoder', encoder, '-k', String(limit)];
  const output = execFileSync(LECTERN, ['search', SHELF, ...options], {
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
  });
  return output.trim().split('\n').map((line) => JSON.parse(line).quotes);
}

/** The same in Chromium, of the passages that a search finds there. */
export async function answersInChromium(questions, encoder, limit) {
  return inChromium(answerAll, { questions, encoder, limit });
}

/** Runs in the page. */
async function answerAll({ questions, encoder, limit }) {
  const { default: init, Engine } = await import('/pkg/lectern_browser.js');
  await init();
  const engine = await Engine.open(new URL('/lectern/', location.href).href);
  await engine.loadMeaning(encoder);
  const answers = [];
  for (const question of questions) {
    while (!engine.isReady(question, { limit })) {
      const trouble = await engine.prepare(question, { limit });
      if (trouble) throw trouble;
    }
    const hits = engine.search(question, { limit }).pages.flatMap((page) => page.hits);
    hits.sort((a, b) => b.score - a.score || a.passage - b.passage);
    answers.push(engine.answer(question, hits.map(({ passage }) => passage)));
  }
  return answers;
}

/** The package for Node. `cosines` are those of the same hits. */
export function searchInNode(queries, mode, encoder, limit) {
  const { Searcher } = createRequire(import.meta.url)(join(PKG, 'node/lectern_node.js'));
  const searcher = new Searcher(shelfFiles(), encoder);
  const responses = queries.map((query) => searcher.search(query, { limit, mode, explain: true }));
  searcher.free();
  return { hits: responses.map(hitsOf), cosines: responses.map(cosinesOf) };
}

/**
 * The package for browsers, fetching the shelf over HTTP, and for each query what it needs. The book has one cell, so
 * that is all the same to the scores.
 */
export async function searchInChromium(queries, mode, encoder, limit) {
  const responses = await inChromium(searchAll, { queries, mode, encoder, limit });
  return { hits: responses.map(hitsOf), cosines: responses.map(cosinesOf) };
}

/** What a function comes to in a page that the package and the shelf are served to. */
async function inChromium(run, parameters) {
  const server = await serve({ '/pkg/': join(PKG, 'browser'), '/lectern/': SHELF, '/': join(ROOT, 'tests/support') });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/blank.html`);
    return await page.evaluate(run, parameters);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Runs in the page. */
async function searchAll({ queries, mode, encoder, limit }) {
  const { default: init, Engine } = await import('/pkg/lectern_browser.js');
  await init();
  const engine = await Engine.open(new URL('/lectern/', location.href).href);
  await engine.loadMeaning(encoder);
  const responses = [];
  const options = { mode, limit, explain: true };
  for (const query of queries) {
    while (!engine.isReady(query, options)) {
      const trouble = await engine.prepare(query, options);
      if (trouble) throw trouble;
    }
    responses.push(engine.search(query, options));
  }
  return responses;
}

function shelfFiles() {
  return Object.fromEntries(readdirSync(SHELF).map((name) => [name, new Uint8Array(readFileSync(join(SHELF, name)))]));
}

/** The hits of all pages as `{ passage, bits }`. */
export function hitsOf(response) {
  return ranked(response).map(({ passage, score }) => ({ passage, bits: bitsOf(score) }));
}

/** The bits of each hit's cosine: what the encoder said, before it is scaled by the best. */
function cosinesOf(response) {
  return ranked(response).map(({ explain }) => bitsOf(explain.cosine));
}

/** Best first; equal scores in the order of the book. */
function ranked({ pages }) {
  return pages.flatMap((page) => page.hits).sort((a, b) => b.score - a.score || a.passage - b.passage);
}

function bitsOf(score) {
  if (Math.fround(score) !== score) throw new Error(`${score} is not an f32`);
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, score);
  return view.getUint32(0).toString(16).padStart(8, '0');
}
