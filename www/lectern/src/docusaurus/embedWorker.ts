import { parentPort, workerData } from 'node:worker_threads';
import { loadIndexer } from '../model/wasm.js';

const { Embedder } = loadIndexer();
const embedder = new Embedder(workerData as Uint8Array);

parentPort?.on('message', (text: string) => {
  parentPort?.postMessage(embedder.embed(text));
});
