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
  // As in the site's configuration.
  const common = ['--title', title, '--ignore', 'handbook/**'];

  it('equals the one that the Docusaurus plugin wrote, the distilled encoder included', () => {
    const out = join(folder, 'shelf');
    const options = ['--out', out, '--model', MODEL, '--cache', join(folder, 'vectors')];
    execFileSync(LECTERN, ['index', SITE, ...common, ...options], { stdio: 'pipe' });
    compare(filesOf(out), filesOf(SHELF));
  });

  it('equals the one of the package for Node, of words alone', () => {
    const out = join(folder, 'words');
    execFileSync(LECTERN, ['index', SITE, ...common, '--out', out, '--words-only'], { stdio: 'pipe' });
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

/** The files of a shelf; what the service worker keeps of the site is the plugin's alone. */
function filesOf(folder) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('offline.'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

function pages() {
  const files = readdirSync(SITE, { recursive: true }).filter((file) => file.endsWith('.html'));
  return files.filter((file) => !file.startsWith('handbook/')).sort();
}
