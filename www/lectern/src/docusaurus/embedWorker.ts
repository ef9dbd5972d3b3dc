import { parentPort, workerData } from 'node:worker_threads';
import type { EmbedRequest } from './embed.js';
import { loadIndexer } from '../model/wasm.js';

const { Embedder } = loadIndexer();
const embedder = new Embedder(workerData as Uint8Array);

parentPort?.on('message', ({ texts, role }: EmbedRequest) => {
  parentPort?.postMessage(embedder.embedBatch(texts, role));
});
