// Copies what wasm-pack built into dist/wasm, and the manifest of models. LECTERN_PKG names another folder than ../../pkg.
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WASM_PACK_FILES = /(\.js|\.d\.ts|\.wasm|^package\.json)$/;
const root = fileURLToPath(new URL('..', import.meta.url));
const pkg = resolve(process.env.LECTERN_PKG ?? join(root, '../../pkg'));

for (const target of ['browser', 'node']) {
  await copy(join(pkg, target), join(root, 'dist/wasm', target));
}
await cp(join(root, '../../data/models.json'), join(root, 'dist/models.json'));

async function copy(from, to) {
  const names = await readdir(from).catch(() => []);
  const files = names.filter((name) => WASM_PACK_FILES.test(name));
  if (!files.some((name) => name.endsWith('.wasm'))) {
    console.error(`No WebAssembly in ${from}: run scripts/demo or wasm-pack first.`);
    process.exit(1);
  }
  await mkdir(to, { recursive: true });
  await Promise.all(files.map((name) => cp(join(from, name), join(to, name))));
}
