// The npm package as a stranger would install it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../support/paths.mjs';

const NEEDED = [
  'README.md',
  'LICENSE',
  'package.json',
  'dist/wasm/browser/lectern_browser.js',
  'dist/wasm/browser/lectern_browser.d.ts',
  'dist/wasm/browser/lectern_browser_bg.wasm',
  'dist/wasm/browser/lectern_browser_en_bg.wasm',
  'dist/models.json',
  'dist/all-MiniLM-L6-v2.general',
  'dist/wasm/node/lectern_node.js',
  'dist/wasm/node/lectern_node_bg.wasm',
  'src/theme/SearchBar/index.tsx',
];

describe('npm pack', () => {
  let folder;
  let installed;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lectern-pack-'));
    // The package was built before the tests; building again would only repeat that.
    const report = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: join(ROOT, 'www/lectern'),
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(report);
    installed = join(folder, 'node_modules/lectern');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('carries the engine, the theme, a readme and a licence', () => {
    assert.deepEqual(NEEDED.filter((file) => !existsSync(join(installed, file))), []);
  });

  it('carries every file that its exports name', () => {
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const files = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? entry : Object.values(entry)));
    assert.ok(files.length > 5);
    assert.deepEqual(files.filter((file) => !file.includes('*') && !existsSync(join(installed, file))), []);
  });

  it('carries neither tests nor maps to sources that are not there', () => {
    const listed = execFileSync('find', [installed, '-name', '*.test.*', '-o', '-name', '.lectern-*'], { encoding: 'utf8' });
    assert.equal(listed, '');
  });

  it('gives a command that explains itself', () => {
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const help = execFileSync('node', [join(installed, bin.lectern), '--help'], { encoding: 'utf8' });
    assert.match(help, /lectern model fetch/);
  });

  it('gives a client that can be imported where no other package is installed', () => {
    const script = "const { createClient } = await import('lectern'); console.log(createClient({ shelfUrl: '/' }).state.stage)";
    const stage = execFileSync('node', ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
    assert.equal(stage.trim(), 'idle');
  });
});
