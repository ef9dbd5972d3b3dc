// Where reports stand in the README, and what they say of the machine.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/paths.mjs';

const README = join(ROOT, 'README.md');
const END = '<!-- end of the report -->';

/** Puts a report between the README's marker for the command that writes it and the end that follows. */
export function writeReadme(command, report) {
  const readme = readFileSync(README, 'utf8');
  const marker = `<!-- ${command} -->`;
  const begin = readme.indexOf(marker);
  const end = readme.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`README.md needs the lines ${marker} and ${END}, in this order`);
  writeFileSync(README, `${readme.slice(0, begin + marker.length)}\n${report}\n\n${readme.slice(end)}`);
}

/** Rows of a Markdown table, the first its head. */
export function markdownTable(head, rows) {
  const line = (row) => `| ${row.join(' | ')} |`.replaceAll(/ {2,}/g, ' ');
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)];
}

export function machine() {
  const [{ model }] = cpus();
  return `${cpus().length} cores of ${model.trim()}, Node ${process.versions.node}`;
}

export function today() {
  return new Date().toISOString().slice(0, 10);
}
