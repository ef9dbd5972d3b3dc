// Sizes of what is shipped: engine, model, sections of the index.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL, PKG, manifest } from '../../support/paths.mjs';
import { sizes } from './wire.mjs';

// What a reader of each tier needs beside the words; the small encoder's blocks come as queries need them.
const TIERS = {
  'words alone': ['catalog', 'text', 'words'],
  'beside words, any encoder': ['vectors', 'graph', 'vocabulary'],
  'small encoder, all blocks': ['small'],
  'full encoder, same for all books': ['core'],
  "full encoder, the book's rows": ['rows'],
};

/** Every part as `{ raw, gzip, brotli }`; sections of the index as `{ parts, stored }`; tiers in bytes stored. */
export function assetSizes() {
  const { sections } = manifest();
  const stored = (section) => section.stored + section.parts_stored;
  const ofKinds = (kinds) => sections.filter(({ kind }) => kinds.includes(kind)).reduce((sum, one) => sum + stored(one), 0);
  return {
    engine: {
      'engine for books in English (wasm)': sizes(readFileSync(join(PKG, 'browser/lectern_browser_en_bg.wasm'))),
      'engine for all languages (wasm)': sizes(readFileSync(join(PKG, 'browser/lectern_browser_bg.wasm'))),
      'its JavaScript': sizes(readFileSync(join(PKG, 'browser/lectern_browser.js'))),
      'indexer for Node (wasm)': sizes(readFileSync(join(PKG, 'node/lectern_node_bg.wasm'))),
      'model, whole': sizes(readFileSync(MODEL)),
    },
    index: Object.fromEntries(sections.map((section) => [section.kind, { parts: section.parts, stored: stored(section) }])),
    tiers: Object.fromEntries(Object.entries(TIERS).map(([name, kinds]) => [name, ofKinds(kinds)])),
  };
}
