// Sizes of what is shipped: engine, model, sections of the index.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL, PKG, SHELF } from '../../support/paths.mjs';
import { sizes } from './wire.mjs';

/** Every part as `{ raw, gzip, brotli }`; sections of the index as `{ raw, stored }`. */
export function assetSizes() {
  const manifest = JSON.parse(readFileSync(join(SHELF, 'manifest.json'), 'utf8'));
  return {
    engine: {
      'engine for browsers (wasm)': sizes(readFileSync(join(PKG, 'browser/lectern_browser_bg.wasm'))),
      'its JavaScript': sizes(readFileSync(join(PKG, 'browser/lectern_browser.js'))),
      'indexer for Node (wasm)': sizes(readFileSync(join(PKG, 'node/lectern_node_bg.wasm'))),
      'model, whole': sizes(readFileSync(MODEL)),
    },
    index: Object.fromEntries(manifest.sections.map(({ kind, size, stored }) => [kind, { raw: size, stored }])),
  };
}
