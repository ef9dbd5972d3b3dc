// What the browser's WebAssembly for English is made of, by crate: the release build once more, with its names kept.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { PKG, ROOT } from '../../support/paths.mjs';
import { dissect } from './module.mjs';

const TARGET = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'wasm-names');
const WASM = 'wasm32-unknown-unknown/browser/lectern_browser_module.wasm';

/** Functions that are listed on their own. */
const LARGEST = 20;

function main() {
  const { functions, data, rest } = dissect(named());
  const crates = {};
  for (const { name, body } of functions) (crates[crateOf(name)] ??= []).push(body);
  const rows = Object.entries(crates).map(([crate, bodies]) => row(crate, Buffer.concat(bodies)));
  rows.push(row('(data)', data), row('(imports, exports, types …)', rest));
  rows.sort((a, b) => b.brotli - a.brotli);
  const largest = functions.map(({ name, body }) => row(name, body)).sort((a, b) => b.raw - a.raw);
  console.log('Each row compressed on its own: they do not add up to the whole.\n');
  print('crate', rows);
  print('function', largest.slice(0, LARGEST));
  const shipped = ['lectern_browser_en_bg.wasm', 'lectern_browser_bg.wasm', 'lectern_browser.js'];
  for (const name of shipped) console.log(line(row(name, readFileSync(join(PKG, 'browser', name)))));
}

/** The module as it is shipped, but with the names of its functions. */
function named() {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-wasm-'));
  const run = (command, ...args) => execFileSync(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    run('cargo', 'build', '--quiet', '--locked', '--package', 'lectern-browser-module', '--target', 'wasm32-unknown-unknown',
      '--no-default-features', '--profile', 'browser', '--config', 'profile.browser.strip="none"', '--target-dir', TARGET);
    run('wasm-bindgen', join(TARGET, WASM), '--target', 'web', '--out-dir', folder, '--out-name', 'named');
    run('wasm-opt', ...optimisation(), '--debuginfo', join(folder, 'named_bg.wasm'), '--output', join(folder, 'named.wasm'));
    return readFileSync(join(folder, 'named.wasm'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The options of wasm-opt in the crate's Cargo.toml. */
function optimisation() {
  const manifest = readFileSync(join(ROOT, 'src/browser/module/Cargo.toml'), 'utf8');
  const [, list] = /^wasm-opt = \[([^\]]*)\]/m.exec(manifest);
  return [...list.matchAll(/"([^"]+)"/g)].map(([, option]) => option);
}

/** The crate that a function's name begins with; what code it has inlined, or is generic over, is not told apart. */
function crateOf(name) {
  return /([A-Za-z_]\w*)(?:\[\w+\])?::/.exec(name)?.[1] ?? '(shims)';
}

function row(what, bytes) {
  return { what, raw: bytes.length, brotli: brotliCompressSync(bytes).length };
}

function line({ what, raw, brotli }) {
  return `${String(raw).padStart(9)} ${String(brotli).padStart(9)}  ${what.slice(0, 90)}`;
}

function print(title, rows) {
  const sum = { what: 'sum', raw: 0, brotli: 0 };
  console.log(line({ what: title, raw: 'raw', brotli: 'brotli' }));
  for (const row of rows) {
    console.log(line(row));
    sum.raw += row.raw;
    sum.brotli += row.brotli;
  }
  console.log(`${line(sum)}\n`);
}

main();
