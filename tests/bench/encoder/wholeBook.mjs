// Indexing of a book of 3,000 passages from nothing, everything included: `lectern index` with an empty cache.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LECTERN, MODEL } from '../../support/paths.mjs';
import { median } from '../statistics.mjs';
import { BENCH } from './paths.mjs';
import { anyPassages } from './texts.mjs';

const PASSAGES = 3_000;
const QUICK_PASSAGES = 60;
const PER_PAGE = 15;
const ROUNDS = 3;
const TARGET = { seconds: 60, share: 1 / 3 };
const BOOK = join(BENCH, 'site');
const SHELF = join(BENCH, 'shelf');
const VECTORS = join(BENCH, 'vectors-of-site');
const STEPS = ['embedding passages', 'embedding questions', 'distilling the small encoder'];

/** One row: the time, and the shares of its steps; each the median of the rounds. */
export async function wholeBook({ quick, note }) {
  writeSite(anyPassages(quick ? QUICK_PASSAGES : PASSAGES));
  const rounds = [];
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    rounds.push(await index());
    note(`  ${JSON.stringify(rounds.at(-1))}`);
  }
  const { passages: count } = JSON.parse(readFileSync(join(SHELF, 'manifest.json'), 'utf8'));
  const middle = (of) => median(rounds.map(of));
  const seconds = middle((round) => round.seconds);
  const [questions, training] = [middle((round) => round.questions), middle((round) => round.training)];
  const small = middle((round) => round.questions + round.training);
  const percent = (share) => `${Math.round(100 * share)} %`;
  return [
    {
      what: `Indexing of a book of ${count.toLocaleString('en')} passages from nothing, native, two cores`,
      ours: `${seconds.toFixed(1)} s`,
      peer: '',
      compared: `of it ${percent(small)} for the small encoder: ${percent(questions)} embedding questions, ${percent(training)} distilling`,
      target: `≤ ${TARGET.seconds} s for ${PASSAGES.toLocaleString('en')}, the small encoder ≤ ⅓`,
      met: quick ? undefined : (seconds * PASSAGES) / count <= TARGET.seconds && small <= TARGET.share,
      figures: { seconds, passages: count, questions, training, small },
    },
  ];
}

/** Pages of some passages each, every one under a heading of its own. */
function writeSite(texts) {
  const escape = (text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt()};`);
  rmSync(BOOK, { recursive: true, force: true });
  mkdirSync(BOOK, { recursive: true });
  for (let from = 0; from < texts.length; from += PER_PAGE) {
    const sections = texts.slice(from, from + PER_PAGE).map((text, place) => {
      const [heading, ...body] = text.split('\n');
      return `<h2 id="s${place}">${escape(heading)}</h2><p>${escape(body.join(' ') || heading)}</p>`;
    });
    const page = `<!doctype html><html lang="en"><main><h1>Chapter ${from / PER_PAGE + 1}</h1>${sections.join('')}</main>`;
    writeFileSync(join(BOOK, `${from / PER_PAGE}.html`), page);
  }
}

/** Seconds in all, and the shares of the steps that make the small encoder. */
async function index() {
  for (const folder of [SHELF, VECTORS]) rmSync(folder, { recursive: true, force: true });
  const options = ['--out', SHELF, '--model', MODEL, '--cache', VECTORS, '--threads', '2'];
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const command = spawn(LECTERN, ['index', BOOK, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = [];
  // When each step gave its last sign.
  const ends = {};
  createInterface(command.stderr).on('line', (line) => {
    said.push(line);
    const step = STEPS.find((name) => line.startsWith(name));
    if (step) ends[step] = elapsed();
  });
  const [status] = await once(command, 'close');
  if (status !== 0) throw new Error(`lectern index failed: ${said.join('\n')}`);
  const seconds = elapsed();
  const share = (place) => (ends[STEPS[place]] - ends[STEPS[place - 1]]) / seconds;
  return { seconds, questions: share(1), training: share(2) };
}
