// Copies the theme's style sheets and images, which tsc leaves out, next to its compiled components.
import { cp } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { statSync } from 'node:fs';

const ASSETS = new Set(['.css', '.svg']);
const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

await cp(folder('../src/theme/'), folder('../dist/theme/'), {
  recursive: true,
  filter: (source) => statSync(source).isDirectory() || ASSETS.has(extname(source)),
});
