// How often the book's questions are answered: Lectern by its own `eval`, MiniSearch by the same measures.
import { execFileSync } from 'node:child_process';
import { LECTERN, QUESTIONS, SHELF } from '../support/paths.mjs';
import { miniSearch } from './peer.mjs';

const LARGEST_OUTPUT = 256 << 20;

/** Recall@5, recall@10, MRR@10 and nDCG@10 by page, for each mode of search. */
export function quality() {
  const modes = ['hybrid', 'words', 'meaning'];
  return Object.fromEntries(modes.map((mode) => [mode, evaluate(mode)]));
}

/** The passages of the shelf as MiniSearch takes them. */
export function peerPassages() {
  return lectern('inspect', SHELF, '--passages', '--json').map(({ passage, url, title, headings, text }) => ({
    id: passage,
    page: url.split('#')[0],
    title,
    headings: headings.join(' '),
    text,
  }));
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
    'recall@5': within(5).length / ranks.length,
    'recall@10': within(10).length / ranks.length,
    'MRR@10': mean(within(10).map((rank) => 1 / rank)),
    'nDCG@10': mean(within(10).map((rank) => 1 / Math.log2(rank + 1))),
  };
}
