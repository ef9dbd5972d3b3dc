// Runs the bench of graph and scan as WebAssembly: node tests/bench/hnsw.mjs FILE.wasm [arguments of the bench]
//
//   RUSTFLAGS='-C target-feature=+simd128' cargo bench -p lectern-indexer --bench hnsw \
//     --target wasm32-wasip1 --no-run
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args] });
const module = await WebAssembly.compile(await readFile(file));
wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
