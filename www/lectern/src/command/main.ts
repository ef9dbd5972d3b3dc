#!/usr/bin/env node
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchedModel } from '../model/locate.js';
import { fetchModel } from './fetchModel.js';

const USAGE = `Usage: lectern model fetch [--out FILE]

Gets the sentence encoder that builds a site's index, once a machine, and prints where it is.
  --out FILE   where to put it [default: $LECTERN_MODEL, else one in the user's cache]

Indexing, searching and judging a book from the command line are done by the native command of the same name.`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parse();
  if (values.help) return console.log(USAGE);
  if (positionals.join(' ') !== 'model fetch') throw new UsageError(USAGE);
  const path = resolve(values.out ?? (process.env.LECTERN_MODEL || fetchedModel()));
  await fetchModel(path, (line) => console.error(line));
  console.log(path);
}

function parse() {
  try {
    const options = { help: { type: 'boolean', short: 'h' }, out: { type: 'string' } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

main().catch((error: Error) => {
  console.error(error instanceof UsageError ? error.message : `lectern: error: ${error.message}`);
  process.exitCode = 2;
});
