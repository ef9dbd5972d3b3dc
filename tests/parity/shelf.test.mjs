// The command and the npm package write the same shelf, byte for byte.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LECTERN, MODEL, PKG, SHELF, SITE, manifest } from '../support/paths.mjs';

describe('the shelf that `lectern index` writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-parity-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const { title } = manifest();

  it('equals the one that the Docusaurus plugin wrote, the distilled encoder included', () => {
    const out = join(folder, 'shelf');
    const options = ['--out', out, '--model', MODEL, '--title', title, '--cache', join(folder, 'vectors')];
    execFileSync(LECTERN, ['index', SITE, ...options], { stdio: 'pipe' });
    compare(filesOf(out), filesOf(SHELF));
  });

  it('equals the one of the package for Node, of words alone', () => {
    const out = join(folder, 'words');
    execFileSync(LECTERN, ['index', SITE, '--out', out, '--title', title, '--words-only'], { stdio: 'pipe' });
    const { Indexer } = createRequire(import.meta.url)(join(PKG, 'node/lectern_node.js'));
    const indexer = new Indexer(undefined, { title, encoders: 'none' });
    for (const file of pages()) indexer.addPage(file, readFileSync(join(SITE, file)));
    const { files } = indexer.finish();
    compare(filesOf(out), new Map(files.map(({ name, bytes }) => [name, Buffer.from(bytes)])));
  });
});

function compare(found, expected) {
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, bytes] of expected) assert.ok(found.get(name).equals(bytes), `${name} is the same`);
}

function filesOf(folder) {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function pages() {
  return readdirSync(SITE, { recursive: true }).filter((file) => file.endsWith('.html')).sort();
}
