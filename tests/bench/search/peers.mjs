// Lectern beside the search engines of other static sites: the demonstration book, its questions, by page.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { create, insertMultiple, save } from '@orama/orama';
import { ROOT, SHELF, SITE, questions } from '../../support/paths.mjs';
import { OPTIONS } from '../book/peer.mjs';
import { peerPassages } from '../book/quality.mjs';
import { mean, median } from '../statistics.mjs';
import { SCRIPTS, bundle } from './bundle.mjs';
import { SCHEMA } from './engines/orama.mjs';
import { host } from './host.mjs';
import { address } from './madeQuestions.mjs';
import { MADE } from './paths.mjs';
import { kilobytes } from './report.mjs';
import { Wire } from './wire.mjs';

const DEPTH = 10;
const LECTERN = 'lectern/client/page';
const PAGEFIND = join(import.meta.dirname, `node_modules/@pagefind/linux-${process.arch}/bin/pagefind_extended`);

const ENGINES = {
  'Lectern, words': { script: LECTERN, options: { encoder: 'none' } },
  'Lectern, words and meaning, small encoder': { script: LECTERN, options: { encoder: 'small' } },
  'Lectern, words and meaning, full encoder': { script: LECTERN, options: { encoder: 'full' } },
  'Pagefind, default settings': { script: 'pagefind' },
  'MiniSearch, configured well, same passages': { script: 'miniSearch' },
  'Orama, default settings, same passages': { script: 'orama' },
};

/** One table, a row for each engine; no targets. */
export async function peers({ quick, note }) {
  await bundle();
  makeIndexes(note);
  const indexes = { '/shelf/': SHELF, '/pagefind/': join(MADE, 'pagefind'), '/peers/': MADE };
  const server = await host({ '/': join(ROOT, 'tests/support'), ...SCRIPTS, ...indexes });
  const browser = await server.browse();
  const asked = questions();
  const sampled = asked.filter((_, place) => place % (quick ? 60 : 15) === 0);
  try {
    const figures = {};
    for (const [name, engine] of Object.entries(ENGINES)) {
      note(`  ${name}`);
      const reader = { url: server.url, browser, engine };
      figures[name] = { ...(await firstResult(reader, sampled)), ...(await quality(reader, asked)) };
    }
    return { tables: [table(figures, asked.length, sampled.length)], targets: [], figures };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What the peers search is made from the pages (Pagefind) or from the passages that Lectern cuts them into. */
function makeIndexes(note) {
  note("  the peers' indexes");
  execFileSync(PAGEFIND, ['--site', SITE, '--output-path', join(MADE, 'pagefind')], { stdio: 'ignore' });
  const passages = peerPassages();
  const mini = new MiniSearch(OPTIONS);
  mini.addAll(passages);
  mkdirSync(MADE, { recursive: true });
  writeFileSync(join(MADE, 'miniSearch.json'), JSON.stringify(mini));
  const orama = create({ schema: SCHEMA });
  insertMultiple(
    orama,
    passages.map(({ page, headings, text }) => ({ page, headings, text })),
  );
  writeFileSync(join(MADE, 'orama.json'), JSON.stringify(save(orama)));
}

/** Medians of bytes and requests to the first result with its text, for a reader who has only the page. */
async function firstResult({ url, browser, engine }, sampled) {
  const all = [];
  for (const { text } of sampled) {
    const context = await browser.newContext();
    const wire = new Wire(context);
    const page = await blank(context, url);
    wire.clear();
    await page.evaluate(askAll, { ...engine, queries: [text], count: 1 });
    await wire.settle();
    all.push(await wire.until(Infinity));
    await context.close();
  }
  const middle = (what) => median(all.map((one) => one[what]));
  return { bytes: middle('bytes'), requests: middle('requests') };
}

/** Recall@5 and MRR@10 by page, and how many questions have no result at all. */
async function quality({ url, browser, engine }, asked) {
  const context = await browser.newContext();
  const page = await blank(context, url);
  const found = await page.evaluate(askAll, { ...engine, queries: asked.map(({ text }) => text), count: DEPTH });
  await context.close();
  const ranks = asked.map((question, place) => found[place].map(address).indexOf(question.page) + 1);
  return {
    'recall@5': mean(ranks.map((rank) => Number(rank > 0 && rank <= 5))),
    'MRR@10': mean(ranks.map((rank) => (rank > 0 ? 1 / rank : 0))),
    empty: found.filter((pages) => pages.length === 0).length,
  };
}

async function blank(context, url) {
  const page = await context.newPage();
  await page.goto(`${url}/blank.html`);
  return page;
}

/** Runs in the page. */
async function askAll({ script, options, queries, count }) {
  const { open } = await import(`/engines/${script}.js`);
  const search = await open(options);
  const found = [];
  for (const query of queries) found.push(await search(query, count));
  return found;
}

function table(figures, asked, sampled) {
  const row = ([name, { bytes, requests, empty, ...measures }]) => [
    name,
    ...Object.values(measures).map((value) => value.toFixed(3)),
    String(empty),
    kilobytes(bytes),
    String(requests),
  ];
  return {
    title: `Search engines on the ${asked} questions of the demonstration book, by page, in Chromium`,
    notes: [
      'Bytes and requests are those of the first result with its text, for a reader who has only the page:',
      `medians of ${sampled} questions.`,
    ],
    head: ['', 'recall@5', 'MRR@10', 'questions without a result', 'bytes', 'requests'],
    rows: Object.entries(figures).map(row),
  };
}
