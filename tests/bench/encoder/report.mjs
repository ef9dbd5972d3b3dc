// The table of targets, for a terminal and for the README.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../support/paths.mjs';

const README = join(ROOT, 'README.md');
const [BEGIN, END] = ['<!-- scripts/bench encoder --report -->', '<!-- end of the report -->'];
const HEAD = ['', 'Lectern', 'beside it', 'compared', 'target', 'met'];

/** Lines for people: a row is a title and its figures below. */
export function text(rows) {
  const lines = rows.flatMap(({ what, ...row }) => {
    const { ours, peer, compared, target, met } = row;
    const judgement = target ? `target ${target}: ${met ? 'met' : 'NOT MET'}` : '';
    const figures = [`Lectern ${ours}`, peer].filter(Boolean).join(' · ');
    return [what, `  ${figures}`, `  ${[compared, judgement].filter(Boolean).join(' · ')}`];
  });
  return [`The encoder. Machine: ${machine()}`, ...lines].join('\n');
}

/** A Markdown table with the machine and the command. */
export function markdown(rows) {
  const cells = rows.map(({ what, ours, peer, compared, target, met }) => [
    what,
    ours,
    peer,
    compared,
    target,
    met === undefined ? '' : met ? 'yes' : '**no**',
  ]);
  const line = (row) => `| ${row.join(' | ')} |`.replaceAll(/ {2,}/g, ' ');
  return [
    `\`scripts/bench encoder --report\` wrote this table on ${new Date().toISOString().slice(0, 10)}; the machine was ${machine()}.`,
    'What stands in one row was measured in turns within the same minutes.',
    '',
    line(HEAD),
    `|${'---|'.repeat(HEAD.length)}`,
    ...cells.map(line),
  ].join('\n');
}

/** Puts a report between the README's two markers. */
export function writeReadme(report) {
  const readme = readFileSync(README, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md needs the lines ${BEGIN} and ${END}, in this order`);
  writeFileSync(README, `${readme.slice(0, begin + BEGIN.length)}\n${report}\n\n${readme.slice(end)}`);
}

function machine() {
  const [{ model }] = cpus();
  return `${cpus().length} cores of ${model.trim()}, Node ${process.versions.node}`;
}
