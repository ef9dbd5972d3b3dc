// The command and the Docusaurus plugin write the same shelf, byte for byte.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LECTERN, MODEL, SHELF, SITE } from '../support/paths.mjs';

describe('the shelf that `lectern index` writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-parity-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('equals the one that the Docusaurus plugin wrote', () => {
    const out = join(folder, 'shelf');
    const { title } = JSON.parse(readFileSync(join(SHELF, 'manifest.json'), 'utf8'));
    const options = ['--out', out, '--model', MODEL, '--title', title, '--cache', join(folder, 'vectors')];
    execFileSync(LECTERN, ['index', SITE, ...options], { stdio: 'pipe' });
    assert.deepEqual(names(out), names(SHELF));
    for (const name of names(SHELF)) {
      assert.ok(readFileSync(join(out, name)).equals(readFileSync(join(SHELF, name))), `${name} is the same`);
    }
  });
});

function names(folder) {
  return readdirSync(folder).sort();
}
