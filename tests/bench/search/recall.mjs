// How much of what the command finds, which reads the whole shelf, a reader's browser finds too.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LECTERN } from '../../support/paths.mjs';
import { mean } from '../statistics.mjs';
import { address } from './madeQuestions.mjs';

const DEPTH = 10;
/** Hits that readers ask for unless told. */
const LIMIT = 20;
const MODES = ['hybrid', 'meaning'];
const ALL = 'all';
const MOST_OUTPUT = 2 ** 28;

/**
 * By kind of question and for all: `{ kind, questions, recall: { hybrid, meaning }, hits: { browser, command } }`.
 * Recall is the share of the command's first ten passages that the browser has in its own; hits are the questions
 * whose page is among the first ten passages of a hybrid search.
 */
export async function recall(page, { shelf, questions }) {
  const texts = questions.map(({ text }) => text);
  const found = {};
  for (const mode of MODES) {
    found[mode] = {
      browser: await page.evaluate(inBrowser, { texts, mode, limit: LIMIT, depth: DEPTH }),
      command: byCommand(shelf, texts, mode),
    };
  }
  const judged = questions.map((question, place) => judge(found, question, place));
  const kinds = [...new Set(judged.map(({ kind }) => kind))];
  const groups = kinds.map((kind) => [kind, judged.filter((one) => one.kind === kind)]);
  return [...(kinds.length > 1 ? groups : []), [ALL, judged]].map(summary);
}

/** Runs in the page: `[passage, url]` of the first hits of each question. */
async function inBrowser({ texts, mode, limit, depth }) {
  const { openRanked } = await import('/engines/lectern/client/page.js');
  const ask = await openRanked({ encoder: 'small' });
  const found = [];
  for (const text of texts) {
    const { pages } = await ask(text, { mode, limit });
    const hits = pages.flatMap((one) => one.hits).sort((a, b) => b.score - a.score || a.passage - b.passage);
    found.push(hits.slice(0, depth).map(({ passage, url }) => [passage, url]));
  }
  return found;
}

/** The same by `lectern search`. */
function byCommand(shelf, texts, mode) {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-bench-'));
  const file = join(folder, 'questions.jsonl');
  writeFileSync(file, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
  const options = ['--queries', file, '--json', '--limit', String(LIMIT), '--mode', mode, '--encoder', 'small'];
  try {
    const output = execFileSync(LECTERN, ['search', shelf, ...options], { encoding: 'utf8', maxBuffer: MOST_OUTPUT });
    return output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).hits.slice(0, DEPTH).map(({ passage, url }) => [passage, url]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function judge(found, { kind, page }, place) {
  const shared = ({ browser, command }) => overlap(browser[place], command[place]);
  const isHit = (hits) => Number(hits[place].some(([, url]) => address(url) === page));
  return {
    kind,
    recall: Object.fromEntries(MODES.map((mode) => [mode, shared(found[mode])])),
    hits: { browser: isHit(found.hybrid.browser), command: isHit(found.hybrid.command) },
  };
}

/** The share of `wanted` that is in `found`; undefined where nothing is wanted. */
function overlap(found, wanted) {
  const own = new Set(found.map(String));
  return wanted.length > 0 ? wanted.filter((hit) => own.has(String(hit))).length / wanted.length : undefined;
}

function summary([kind, judged]) {
  const average = (value) => mean(judged.map(value).filter((one) => one !== undefined));
  return {
    kind,
    questions: judged.length,
    recall: Object.fromEntries(MODES.map((mode) => [mode, average((one) => one.recall[mode])])),
    hits: { browser: average(({ hits }) => hits.browser), command: average(({ hits }) => hits.command) },
  };
}
