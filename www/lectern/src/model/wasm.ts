import { createRequire } from 'node:module';

/** The indexer, compiled for Node: a CommonJS module that loads its WebAssembly when required. */
export function loadIndexer(): typeof import('../wasm/node/lectern_node.js') {
  return createRequire(import.meta.url)('../wasm/node/lectern_node.js');
}
