// How well questions are answered, with and without typing errors: `lectern eval` on the question sets.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LECTERN, MODEL } from '../../support/paths.mjs';
import { BENCH, EVAL } from '../encoder/paths.mjs';
import { hasQuestionSets, questionSets } from '../encoder/texts.mjs';

// Of SQuAD the questions that no encoder was trained on.
const SPLITS = { squad: 'dev' };
const MEASURE = 'nDCG@10';
const MODES = ['words', 'meaning', 'hybrid'];
const TYPOS_SEED = 1;
const TYPOS_COST = 0.06;

/** One table over all question sets and two targets; nothing where there are no sets. */
export async function quality({ quick, note }) {
  if (!hasQuestionSets()) {
    note(
      '  left out: there are no question sets. Put them beside this folder, in shared/eval, or name theirs in LECTERN_EVAL',
    );
    return { tables: [], targets: [], figures: {} };
  }
  const names = questionSets().map(({ name }) => name);
  const figures = {};
  for (const name of quick ? names.slice(0, 1) : names) {
    note(`  ${name}`);
    figures[name] = await evaluate(name);
  }
  return { tables: [table(figures)], targets: targets(figures), figures };
}

/** `{ questions, words, meaning, hybrid }`, of each mode the measure as asked and with `typos`. */
async function evaluate(name) {
  const kept = ['--model', MODEL, '--cache', join(BENCH, 'vectors')];
  const split = SPLITS[name] ? ['--split', SPLITS[name]] : [];
  const options = [
    '--corpus',
    join(EVAL, name),
    ...split,
    '--encoder',
    'small',
    '--typos',
    String(TYPOS_SEED),
    '--json',
  ];
  const { stdout } = await promisify(execFile)(LECTERN, ['eval', ...options, ...kept]);
  const { questions, modes } = JSON.parse(stdout);
  const value = (mode, typos) => modes.find((row) => row.mode === mode && row.typos === typos)[MEASURE];
  const both = (mode) => ({ clean: value(mode, false), typos: value(mode, true) });
  return { questions, ...Object.fromEntries(MODES.map((mode) => [mode, both(mode)])) };
}

function table(figures) {
  const row = ([name, { questions, ...modes }]) => [
    SPLITS[name] ? `${name}, ${SPLITS[name]}` : name,
    String(questions),
    ...MODES.flatMap((mode) => [modes[mode].clean, modes[mode].typos].map((value) => value.toFixed(4))),
    percent(cost(modes.hybrid)),
  ];
  return {
    title: `${MEASURE} on the question sets, small encoder`,
    notes: [
      'With typos, one word of each question of at least four letters is mistyped',
      `(\`lectern eval --typos ${TYPOS_SEED}\`).`,
    ],
    head: ['', 'questions', ...MODES.flatMap((mode) => [mode, 'with typos']), 'hybrid loses'],
    rows: Object.entries(figures).map(row),
  };
}

function targets(figures) {
  const ratios = Object.values(figures).map(({ words, hybrid }) => hybrid.clean / words.clean);
  const costs = Object.values(figures).map(({ hybrid }) => cost(hybrid));
  return [
    {
      what: 'hybrid above words on every set',
      measured: `by ${percent(Math.min(...ratios) - 1)} or more`,
      met: ratios.every((ratio) => ratio > 1),
    },
    {
      what: `typos cost hybrid at most ${100 * TYPOS_COST} % on every set`,
      measured: `at most ${percent(Math.max(...costs))}`,
      met: costs.every((one) => one <= TYPOS_COST),
    },
  ];
}

function cost({ clean, typos }) {
  return 1 - typos / clean;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
