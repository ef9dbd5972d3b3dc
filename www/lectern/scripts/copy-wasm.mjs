// Copies what `scripts/build wasm` made into dist/wasm, and the manifest of models with the files it says come with the package.
// LECTERN_PKG names another folder than ../../pkg.
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = /(\.js|\.d\.ts|\.wasm|^package\.json)$/;
const root = fileURLToPath(new URL('..', import.meta.url));
const pkg = resolve(process.env.LECTERN_PKG ?? join(root, '../../pkg'));

for (const target of ['browser', 'node']) {
  await copy(join(pkg, target), join(root, 'dist/wasm', target));
}
const data = join(root, '../../data');
const models = JSON.parse(await readFile(join(data, 'models.json'), 'utf8'));
const generals = Object.values(models).map(({ general }) => general.file);
for (const name of ['models.json', ...generals]) {
  await cp(join(data, name), join(root, 'dist', name));
}

async function copy(from, to) {
  const names = await readdir(from).catch(() => []);
  const files = names.filter((name) => FILES.test(name));
  if (!files.some((name) => name.endsWith('.wasm'))) {
    console.error(`No WebAssembly in ${from}: run scripts/build wasm first.`);
    process.exit(1);
  }
  await mkdir(to, { recursive: true });
  await Promise.all(files.map((name) => cp(join(from, name), join(to, name))));
}
