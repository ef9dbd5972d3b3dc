// One query in headless Chromium, one thread: Lectern's engine beside onnxruntime-web in the same page.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../../../scripts/serve.mjs';
import { launch } from '../../support/chromium.mjs';
import { MODEL, PKG } from '../../support/paths.mjs';
import { median, percentile } from '../statistics.mjs';
import { embedInNode } from './inNode.mjs';
import { BENCH, MODULES, ONNX_FOLDER } from './paths.mjs';
import { sentencesOf } from './texts.mjs';

const LENGTHS = [8, 12, 16, 32];
const TARGET = { wordpieces: 12, ms: 6, times: 2 };
const TEXTS = 12;
const WARM_UP = 5;
const ROUNDS = 12;
const BOOK = join(BENCH, 'book');

/** Two rows for each length of query. Lectern's time is that of a whole search by meaning in a book of a page. */
export async function query({ quick }) {
  const groups = LENGTHS.map((length) => sentencesOf(length, TEXTS));
  await writeBook(groups.flat());
  const server = await serve({
    '/book/': BOOK,
    '/lectern/': join(PKG, 'browser'),
    '/models/minilm/': ONNX_FOLDER,
    '/transformers/': join(MODULES, '@huggingface/transformers/dist'),
    '/ort/': join(MODULES, 'onnxruntime-web/dist'),
    '/ort-common/': join(MODULES, 'onnxruntime-common/dist/esm'),
    '/': import.meta.dirname,
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}/query.html`);
    const rounds = quick ? 2 : ROUNDS;
    const times = await page.evaluate((asked) => globalThis.measure(asked), { groups, rounds, warmUp: WARM_UP });
    return LENGTHS.flatMap((length, place) => rows(length, times[place]));
  } finally {
    await browser.close();
    await server.close();
  }
}

/** The row of the full encoder, and below it that of the small one. */
function rows(wordpieces, { full, small, theirs }) {
  const what = `Query of ${wordpieces} wordpieces, Chromium, one thread, p50 / p95`;
  const peer = `onnxruntime-web int8: ${shown(theirs)}`;
  const judged = wordpieces === TARGET.wordpieces;
  const [times, smallTimes] = [median(theirs) / median(full), median(theirs) / median(small)];
  return [
    {
      what,
      ours: shown(full),
      peer,
      compared: `${times.toFixed(2)} × as fast`,
      target: judged ? `p50 ≤ ${TARGET.ms} ms and ≥ ${TARGET.times} ×` : '',
      met: judged ? median(full) <= TARGET.ms && times >= TARGET.times : undefined,
      figures: { full: percentiles(full), theirs: percentiles(theirs), times },
    },
    {
      what: `The same with the small encoder`,
      ours: shown(small),
      peer,
      compared: `${Math.round(smallTimes)} × as fast`,
      target: '',
      figures: { small: percentiles(small), times: smallTimes },
    },
  ];
}

function percentiles(times) {
  return { p50: median(times), p95: percentile(times, 0.95) };
}

function shown(times) {
  const { p50, p95 } = percentiles(times);
  const digits = p50 < 1 ? 2 : 1;
  return `${p50.toFixed(digits)} / ${p95.toFixed(digits)} ms`;
}

/** A book of one page that has every query in it, so that its vocabulary and lexicon know their words. */
async function writeBook(texts) {
  const { Indexer } = createRequire(import.meta.url)(join(PKG, 'node/lectern_node.js'));
  const model = readFileSync(MODEL);
  const indexer = new Indexer(model, { title: 'bench' });
  const escape = (text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt()};`);
  const paragraphs = texts.map((text) => `<p>${escape(text)}</p>`).join('');
  indexer.addPage('index.html', Buffer.from(`<!doctype html><main><h1>Queries</h1>${paragraphs}</main>`));
  await embedInNode(indexer.pending(), { model, threads: 1, onVector: (key, vector) => indexer.setVector(key, vector) });
  const { files } = indexer.finish();
  rmSync(BOOK, { recursive: true, force: true });
  mkdirSync(BOOK, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(join(BOOK, name), bytes);
}
