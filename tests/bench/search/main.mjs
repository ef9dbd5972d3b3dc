// What search costs a reader and how good it is, beside its targets and its peers: tables, or JSON with --json.
import { parseArgs } from 'node:util';
import { writeReadme } from '../readme.mjs';
import { peers } from './peers.mjs';
import { quality } from './quality.mjs';
import { book, large } from './reading.mjs';
import { command, markdown, text } from './report.mjs';

/**
 * What is measured, by name. Each is given `{ folder, quick, note }` and resolves to `{ tables, targets, figures }`:
 * tables are `{ title, notes, head, rows }` of text, targets `{ what, measured, met }`, `figures` the numbers
 * behind them.
 */
const PARTS = { book, large, peers, quality };

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      report: { type: 'boolean' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: Object.keys(PARTS).join() },
    },
  });
  const chosen = values.only.split(',');
  const unknown = chosen.filter((name) => !(name in PARTS));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown}. Known are ${Object.keys(PARTS)}`);
  if (values.report && positionals.length > 0) {
    throw new Error('the README tells of the book made of WordNet: leave out FOLDER or --report');
  }
  const note = (what) => process.stderr.write(`» ${what}\n`);
  const parts = {};
  for (const name of chosen) {
    note(name);
    parts[name] = await PARTS[name]({ folder: positionals[0], quick: values.quick, note });
    if (values.report) writeReadme(command(name), markdown(name, parts[name]));
  }
  console.log(values.json ? JSON.stringify(parts, null, 2) : text(parts));
}

await main();
