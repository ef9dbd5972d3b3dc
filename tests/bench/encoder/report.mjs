// The table of targets, for a terminal and for the README.
import { machine, markdownTable, today } from '../readme.mjs';

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
  return [
    `\`scripts/bench encoder --report\` writes this table; on ${today()} the machine was ${machine()}.`,
    'What stands in one row was measured in turns within the same minutes.',
    '',
    ...markdownTable(HEAD, cells),
  ].join('\n');
}
