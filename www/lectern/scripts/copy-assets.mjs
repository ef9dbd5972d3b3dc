// Copies what tsc leaves out, the theme's style sheets and images and the translations, next to the compiled modules.
import { cp } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { statSync } from 'node:fs';

const ASSETS = new Set(['.css', '.svg', '.json']);
const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const part of ['theme', 'docusaurus/messages']) {
  await cp(folder(`../src/${part}/`), folder(`../dist/${part}/`), {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || ASSETS.has(extname(source)),
  });
}
