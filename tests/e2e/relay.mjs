// A relay and its mock LLM for a suite of tests, as processes of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UNLIMITED, asking, relay, upstream } from '../relay/processes.mjs';

/**
 * Starts a relay for the shelf in a folder, over a database of its own. It has `url`, `mock`, whose `script(settings)`
 * says what the LLM does next, and `stop`.
 */
export async function startRelay(shelf, settings = {}) {
  const path = mkdtempSync(join(tmpdir(), 'lectern-e2e-'));
  const ends = [() => rmSync(path, { recursive: true, force: true })];
  const test = { after: (end) => ends.unshift(end) };
  const stop = async () => {
    for (const end of ends) await end();
  };
  try {
    const mock = await upstream(test);
    const own = await relay(test, path, { LECTERN_SHELF: shelf, ...UNLIMITED, ...asking(mock), ...settings });
    return { ...own, mock, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
