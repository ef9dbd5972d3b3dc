// The encoder's targets, each measured beside its peer: a table, JSON with --json, the README with --report.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeReadme } from '../readme.mjs';
import { Peers } from './peers.mjs';
import { markdown, text } from './report.mjs';
import { BENCH } from './paths.mjs';
import { cosine } from './cosine.mjs';
import { indexing } from './indexing.mjs';
import { query } from './query.mjs';
import { retrieval } from './retrieval.mjs';
import { tiers } from './tiers.mjs';
import { wholeBook } from './wholeBook.mjs';

/**
 * What is measured, by name. Each is given `{ peers, quick, note }` and resolves to rows of the table:
 * `{ what, ours, peer, compared, target, met, figures }`, all text but `met` (a boolean, undefined where
 * there is no target) and `figures`, the numbers behind the text.
 */
const MEASURES = { query, indexing, book: wholeBook, cosine, retrieval, tiers };

/** Those of them that need no peer. */
const ALONE = ['book', 'cosine', 'tiers'];

async function main() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      report: { type: 'boolean' },
      quick: { type: 'boolean' },
      only: { type: 'string', default: Object.keys(MEASURES).join() },
    },
  });
  const chosen = values.only.split(',');
  const unknown = chosen.filter((name) => !(name in MEASURES));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown}. Known are ${Object.keys(MEASURES)}`);
  const rows = await measure(chosen, values.quick ?? false);
  if (values.report) writeReadme('scripts/bench encoder --report', markdown(rows));
  console.log(values.json ? JSON.stringify(rows, null, 2) : text(rows));
}

async function measure(names, quick) {
  mkdirSync(BENCH, { recursive: true });
  const note = (what) => process.stderr.write(`» ${what}\n`);
  const needed = names.some((name) => !ALONE.includes(name));
  if (needed) note('starting the peers');
  const peers = needed ? await Peers.start() : undefined;
  try {
    const rows = [];
    for (const name of names) {
      note(name);
      rows.push(...(await MEASURES[name]({ peers, quick, note })));
    }
    return rows;
  } finally {
    peers?.stop();
  }
}

await main();
