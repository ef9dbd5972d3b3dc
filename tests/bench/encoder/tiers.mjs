// What the encoders of a reader's browser are worth and cost: `lectern eval` on the question sets, and their bytes.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LECTERN, MODEL, SHELF, manifest } from '../../support/paths.mjs';
import { mean } from '../statistics.mjs';
import { BENCH, EVAL } from './paths.mjs';
import { hasQuestionSets, questionSets } from './texts.mjs';

// Of SQuAD the questions that no encoder was trained on.
const SPLITS = { squad: 'dev' };
const MEASURE = 'nDCG@10';
const ENCODERS = ['small', 'full'];
const TARGETS = { toFull: 0.985, toWords: 1.05, typos: 0.04, small: 1.3e6, full: 8e6 };

/** Rows of nDCG@10 over all question sets, where there are any, and of bytes of the demonstration book. */
export async function tiers({ quick, note }) {
  const quality = hasQuestionSets() && !quick ? await qualityRows(note) : [];
  if (quality.length === 0) note('  retrieval by tier is left out: quick, or no question sets');
  return [...quality, ...sizeRows(note)];
}

async function qualityRows(note) {
  const sets = {};
  for (const { name } of questionSets()) {
    const [small, full] = [await evaluate(name, 'small'), await evaluate(name, 'full')];
    sets[name] = { words: small.words, small: small.hybrid, full: full.hybrid, smallWithTypos: small.hybridWithTypos };
    note(`  ${name}: ${JSON.stringify(sets[name])}`);
  }
  const average = (what) => mean(Object.values(sets).map((set) => set[what]));
  const [words, small, full, typos] = ['words', 'small', 'full', 'smallWithTypos'].map(average);
  const each = (a, b) => Object.entries(sets).map(([name, set]) => `${name} ${(set[a] / set[b]).toFixed(3)}`).join(', ');
  const row = (beside, peer, ratio, own, other, least) => ({
    what: `${MEASURE}, hybrid with the small encoder beside ${beside}, mean of the question sets`,
    ours: small.toFixed(4),
    peer,
    compared: `${ratio.toFixed(3)} of it (${each(own, other)})`,
    target: `≥ ${least}`,
    met: ratio >= least,
    figures: { ratio, sets },
  });
  return [
    row('the full one', `hybrid with the full encoder: ${full.toFixed(4)}`, small / full, 'small', 'full', TARGETS.toFull),
    row('words alone', `words alone: ${words.toFixed(4)}`, small / words, 'small', 'words', TARGETS.toWords),
    {
      ...row('itself', `the same without typing errors: ${small.toFixed(4)}`, typos / small, 'smallWithTypos', 'small', 1 - TARGETS.typos),
      what: `${MEASURE}, the same with typing errors`,
      ours: typos.toFixed(4),
      target: `cost ≤ ${100 * TARGETS.typos} %`,
    },
  ];
}

/** `lectern eval` on a question set: nDCG@10 of words and hybrid. Vectors of passages and tables are kept. */
async function evaluate(name, encoder) {
  const options = ['--corpus', join(EVAL, name), '--encoder', encoder, '--model', MODEL, '--cache', join(BENCH, 'vectors'), '--json'];
  const split = SPLITS[name] ? ['--split', SPLITS[name]] : [];
  const { stdout } = await promisify(execFile)(LECTERN, ['eval', ...options, ...split]);
  const rows = JSON.parse(stdout).modes;
  const value = (mode, typos) => rows.find((row) => row.mode === mode && row.typos === typos)?.[MEASURE];
  return { words: value('words', false), hybrid: value('hybrid', false), hybridWithTypos: value('hybrid', true) };
}

function sizeRows(note) {
  if (!existsSync(join(SHELF, 'manifest.json'))) {
    note('  sizes are left out: there is no demonstration book. Run: scripts/build site');
    return [];
  }
  const { sections } = manifest();
  const stored = (...kinds) =>
    sections.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { stored: own, parts_stored: parts }) => sum + own + parts, 0);
  const kinds = { small: ['vocabulary', 'small'], full: ['vocabulary', 'core', 'rows'] };
  return ENCODERS.map((encoder) => {
    const bytes = stored(...kinds[encoder]);
    return {
      what: `The whole ${encoder} encoder of the demonstration book, on the wire`,
      ours: `${(bytes / 1e6).toFixed(2)} MB`,
      peer: encoder === 'full' ? `of which the same for all books: ${(stored('core') / 1e6).toFixed(2)} MB` : 'fetched by blocks, as queries need them',
      compared: '',
      target: `≤ ${TARGETS[encoder] / 1e6} MB`,
      met: bytes <= TARGETS[encoder],
      figures: { bytes },
    };
  });
}
