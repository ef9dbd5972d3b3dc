// Lectern's encoder as native code: `tests/bench/throughput.rs`.
import { execFileSync } from 'node:child_process';
import { MODEL, ROOT } from '../../support/paths.mjs';

const BENCH = ['bench', '--quiet', '--locked', '--package', 'lectern-indexer', '--bench', 'throughput'];

/** Embeds a file of texts: `{ texts, wordpieces, threads, seconds }`. With `vectors`, also keeps them there. */
export function embedNatively(texts, { threads, vectors }) {
  const options = ['--threads', String(threads), ...(vectors ? ['--vectors', vectors] : [])];
  const output = execFileSync('cargo', [...BENCH, '--', texts, ...options], {
    cwd: ROOT,
    env: { ...process.env, LECTERN_MODEL: MODEL },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output);
}
