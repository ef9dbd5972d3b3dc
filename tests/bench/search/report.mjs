// Tables and targets, for a terminal and for the README.
import { machine, markdownTable, today } from '../readme.mjs';

/** Bytes on the wire as people read them. */
export function kilobytes(bytes) {
  const digits = bytes < 10e3 ? 1 : 0;
  return `${(bytes / 1e3).toFixed(digits)} kB`;
}

/** Lines for people, from the parts that were measured: `{ tables, targets }` by name. */
export function text(parts) {
  const lines = Object.values(parts).flatMap(({ tables, targets }) => [
    ...tables.flatMap(({ title, notes, head, rows }) => ['', title, ...notes, '', ...columns(head, rows)]),
    ...(targets.length > 0 ? ['', 'Targets', ...columns(TARGET_HEAD, targets.map(cells))] : []),
  ]);
  return [`Search. Machine: ${machine()}`, ...lines].join('\n');
}

/** The same of one part as Markdown, with the machine and the command. */
export function markdown(name, { tables, targets }) {
  return [
    `\`${command(name)}\` writes this; on ${today()} the machine was ${machine()}.`,
    ...tables.flatMap(({ title, notes, head, rows }) => [
      '',
      [`${title}.`, ...notes].join(' '),
      '',
      ...markdownTable(head, rows),
    ]),
    ...(targets.length > 0 ? ['', ...markdownTable(TARGET_HEAD, targets.map(cells))] : []),
  ].join('\n');
}

/** The command that writes a part into the README. */
export function command(name) {
  return `scripts/bench search --only ${name} --report`;
}

const TARGET_HEAD = ['target', 'measured', 'met'];

function cells({ what, measured, met }) {
  return [what, measured, met ? 'yes' : '**no**'];
}

/** Columns as wide as their widest cell: the first to the left, figures to the right. */
function columns(head, rows) {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
}
