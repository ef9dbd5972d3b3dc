// The scripts of the engines as a site's bundler would make them: each in one file, minified.
import { build } from 'esbuild';
import { join } from 'node:path';
import { MADE, PACKAGE } from './paths.mjs';

const BUNDLES = join(MADE, 'bundles');
const ENGINES = join(import.meta.dirname, 'engines');

/** Where the host finds scripts and engine: `lectern/client/page.js` and the peers', each at its name. */
export const SCRIPTS = { '/engines/': BUNDLES, '/engines/lectern/wasm/': join(PACKAGE, 'wasm') };

/** Page script, worker and engine: all of Lectern that a reader's browser runs. */
export function scriptFiles() {
  const engine = join(PACKAGE, 'wasm/browser/lectern_browser_en_bg.wasm');
  return [join(BUNDLES, 'lectern/client/page.js'), join(BUNDLES, 'lectern/client/worker.js'), engine];
}

/** Bundles all. The worker is a file of its own beside the page's script, which names it relative to itself. */
export async function bundle() {
  await build({
    entryPoints: {
      'lectern/client/page': join(ENGINES, 'lectern.mjs'),
      'lectern/client/worker': join(PACKAGE, 'client/worker.js'),
      'lectern/client/timedWorker': join(ENGINES, 'timedWorker.mjs'),
      pagefind: join(ENGINES, 'pagefind.mjs'),
      miniSearch: join(ENGINES, 'miniSearch.mjs'),
      orama: join(ENGINES, 'orama.mjs'),
    },
    outdir: BUNDLES,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['/pagefind/pagefind.js'],
    logLevel: 'error',
  });
}
