// Makes one script of the service worker and what it imports: browsers without module service workers run it too.
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  input: folder('../dist/offline/worker/main.js'),
  output: { file: folder('../dist/offline/lectern-sw.js'), format: 'iife', minify: true },
  logLevel: 'warn',
});
