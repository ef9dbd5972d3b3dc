// One book, read in Chromium: bytes, requests and time, recall, latency, each with its targets.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ROOT } from '../../support/paths.mjs';
import { median, percentile } from '../statistics.mjs';
import { SCRIPTS, bundle, scriptFiles } from './bundle.mjs';
import { demonstrationBook, largeBook } from './books.mjs';
import { host } from './host.mjs';
import { recall } from './recall.mjs';
import { kindTable, latencyTable, recallTable, visitTable } from './readingTables.mjs';
import { kilobytes } from './report.mjs';
import { visits } from './visits.mjs';

const VISITS = 10;
const QUICK_VISITS = 2;
const ROUNDS = 3;
/** What only the full encoder needs, which a reader asks for. */
const FULL_ENCODER = /^(core|layer|rows)\./;

/** The demonstration book. */
export function book(options) {
  return measure(demonstrationBook(), { first: 300e3, offline: 3e6, latency: 5 }, options);
}

/** A folder of pages, or 14,000 made of WordNet. */
export function large(options) {
  const limits = { first: 300e3, five: 700e3, recall: 0.95, latency: 15 };
  return measure(largeBook(options.folder, options), limits, options);
}

async function measure(book, limits, { quick, note }) {
  await bundle();
  const server = await host({ '/': join(ROOT, 'tests/support'), ...SCRIPTS, '/shelf/': book.shelf });
  const browser = await server.browse();
  try {
    note('  visits');
    const visited = await visits(server, browser, book.questions, quick ? QUICK_VISITS : VISITS);
    const page = await browser.newPage();
    await page.goto(`${server.url}/blank.html`);
    note('  recall');
    const found = await recall(page, book);
    note('  latency');
    const times = await latency(page, book);
    const figures = { visits: visited, recall: found, latency: times, offline: offline(book) };
    return {
      tables: [
        visitTable(book, figures),
        kindTable(book, figures),
        recallTable(book, figures),
        latencyTable(book, figures),
      ],
      targets: targets(figures, limits),
      figures,
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Percentiles of the medians of all rounds, question by question. */
async function latency(page, { questions }) {
  const texts = questions.map(({ text }) => text);
  const { rounds, pages, passages } = await page.evaluate(timeAll, { questions: texts, rounds: ROUNDS });
  const times = texts.map((_, place) => median(rounds.map((round) => round[place])));
  return { pages, passages, p50: median(times), p95: percentile(times, 0.95) };
}

/** Runs in the page. */
async function timeAll(options) {
  const { latencies } = await import('/engines/lectern/client/page.js');
  return latencies(options);
}

/** Bytes of all that is kept for reading without a network: scripts and engine as hosts compress them, the index. */
function offline({ shelf }) {
  const compressed = scriptFiles().map((file) => brotliCompressSync(readFileSync(file)).length);
  const index = readdirSync(shelf).filter((file) => !FULL_ENCODER.test(file));
  const stored = index.map((file) => statSync(join(shelf, file)).size);
  return [...compressed, ...stored].reduce((sum, bytes) => sum + bytes, 0);
}

function targets({ visits: [first], recall: found, latency: times, offline: whole }, limits) {
  const row = (what, limit, measured, met) => limit && { what: `${what} ${limit}`, measured, met };
  const bytes = (what, limit, { bytes: middle, worst = middle }) =>
    limit && {
      what: `${what}: at most ${kilobytes(limit)}`,
      measured: worst > middle ? `${kilobytes(middle)}, worst ${kilobytes(worst)}` : kilobytes(middle),
      met: middle <= limit,
    };
  const all = found.at(-1).recall.hybrid;
  return [
    bytes('first result by meaning, everything included', limits.first, first.meaning),
    bytes('five searches', limits.five, first.end),
    bytes('the whole book for reading offline', limits.offline, { bytes: whole }),
    row('recall@10: at least', limits.recall, all.toFixed(3), all >= limits.recall),
    row('a search in the worker, ms, p95: at most', limits.latency, times.p95.toFixed(1), times.p95 <= limits.latency),
  ].filter(Boolean);
}
