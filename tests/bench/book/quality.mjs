// How often the book's questions are answered: Lectern by its own `eval`, MiniSearch by the same measures.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LECTERN, MODEL, PKG, QUESTIONS, SHELF, SITE } from '../../support/paths.mjs';
import { miniSearch } from './peer.mjs';

const MEASURES = ['recall@1', 'recall@5', 'recall@10', 'MRR@10', 'nDCG@10'];

/** Recall, MRR and nDCG by page, for each mode of search and each encoder. */
export function quality() {
  return { ...qualityWith('small'), ...qualityWith('full') };
}

function qualityWith(encoder) {
  const options = ['--queries', QUESTIONS, '--encoder', encoder, '--json'];
  const rows = JSON.parse(execFileSync(LECTERN, ['eval', SHELF, ...options], { encoding: 'utf8' })).modes;
  const measuresOf = (row) => Object.fromEntries(MEASURES.map((name) => [name, row[name]]));
  const named = ({ mode }) => (mode === 'words' ? mode : `${mode}, ${encoder} encoder`);
  return Object.fromEntries(rows.map((row) => [named(row), measuresOf(row)]));
}

/** The passages of the book, as the indexer cuts them, in the form that MiniSearch takes. */
export function peerPassages() {
  const { Indexer } = createRequire(import.meta.url)(join(PKG, 'node/lectern_node.js'));
  const indexer = new Indexer(readFileSync(MODEL), { title: 'bench' });
  const passages = new Map();
  for (const file of pages()) {
    indexer.addPage(file, readFileSync(join(SITE, file)));
    for (const { key, text, role } of indexer.pending()) {
      if (role === 'passage' && !passages.has(key)) passages.set(key, passage(key, file, text));
    }
  }
  indexer.free();
  return [...passages.values()];
}

/** The measures of `quality` for MiniSearch over these passages. */
export async function peerQuality(asked, passages) {
  const { default: MiniSearch } = await import('minisearch');
  const search = miniSearch(MiniSearch, passages);
  const ranks = asked.map(({ text, page }) => {
    const pages = [...new Set(search(text).map((hit) => hit.page))];
    return pages.indexOf(page) + 1;
  });
  const within = (limit) => ranks.filter((rank) => rank > 0 && rank <= limit);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / ranks.length;
  return {
    'recall@1': within(1).length / ranks.length,
    'recall@5': within(5).length / ranks.length,
    'recall@10': within(10).length / ranks.length,
    'MRR@10': mean(within(10).map((rank) => 1 / rank)),
    'nDCG@10': mean(within(10).map((rank) => 1 / Math.log2(rank + 1))),
  };
}

function pages() {
  return readdirSync(SITE, { recursive: true }).filter((file) => file.endsWith('.html')).sort();
}

/** The first line of a text that is to be embedded holds the page's title and the headings. */
function passage(id, file, text) {
  const end = text.indexOf('\n');
  return { id, page: file.replace(/(\/?index)?\.html$/, ''), headings: text.slice(0, end), text: text.slice(end + 1) };
}
