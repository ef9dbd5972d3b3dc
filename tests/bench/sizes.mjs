// Sizes of what is shipped: engine, model, sections of the index.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PKG, ROOT, SHELF } from '../support/paths.mjs';
import { sizes } from './wire.mjs';

const MODELS = join(ROOT, '.cache/models');

/** Every part as `{ raw, gzip, brotli }`; sections of the index as `{ raw, stored }`. */
export function assetSizes() {
  const manifest = JSON.parse(readFileSync(join(SHELF, 'manifest.json'), 'utf8'));
  const models = readdirSync(MODELS).filter((name) => name.endsWith('.lectern'));
  return {
    engine: {
      'engine for browsers (wasm)': sizes(readFileSync(join(PKG, 'browser/lectern_browser_bg.wasm'))),
      'its JavaScript': sizes(readFileSync(join(PKG, 'browser/lectern_browser.js'))),
      'indexer for Node (wasm)': sizes(readFileSync(join(PKG, 'node/lectern_node_bg.wasm'))),
      ...Object.fromEntries(models.map((name) => [`model ${name}`, sizes(readFileSync(join(MODELS, name)))])),
    },
    index: Object.fromEntries(manifest.sections.map(({ kind, size, stored }) => [kind, { raw: size, stored }])),
  };
}
