import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { batchesOf, type Batch } from './batches.js';
import type { Pending } from '../wasm/node/lectern_node.js';

/** How to embed. */
export interface EmbedOptions {
  model: Uint8Array;
  /** Threads, each with a copy of the model. */
  threads: number;
  /** Takes each vector as it comes, in no particular order. */
  onVector(key: string, vector: Uint8Array): void;
  /** Makes a worker that answers each batch with its vectors; tests pass their own. */
  startWorker?(model: Uint8Array): Worker;
}

/** Embeds all texts on several threads, batch by batch: the longest first keep all busy to the end. */
export async function embedAll(texts: readonly Pending[], options: EmbedOptions): Promise<void> {
  const { model, threads, startWorker = startEmbedWorker } = options;
  const batches = batchesOf(texts);
  const queue = batches.values();
  const count = Math.min(threads, batches.length);
  const workers = Array.from({ length: count }, () => startWorker(model));
  try {
    await Promise.all(workers.map((worker) => work(worker, queue, options)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Takes one batch after another from the queue that all workers share. */
async function work(
  worker: Worker,
  queue: Iterator<Batch>,
  { onVector }: EmbedOptions,
): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const { keys, texts, role } = next.value;
    const vectors = await ask(worker, { texts, role });
    vectors.forEach((vector, index) => onVector(keys[index]!, vector));
  }
}

/** What a thread is asked: to embed these texts. */
export type EmbedRequest = Pick<Batch, 'texts' | 'role'>;

/** The worker's answer to a batch, a vector for each text, or why there is none. */
async function ask(worker: Worker, request: EmbedRequest): Promise<Uint8Array[]> {
  const settled = new AbortController();
  const { signal } = settled;
  const answer = once(worker, 'message', { signal });
  const end = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error(WORKER_ENDED)));
  worker.postMessage(request);
  try {
    const [vectors] = await Promise.race([answer, end]);
    return vectors;
  } finally {
    settled.abort();
    await Promise.allSettled([answer, end]);
  }
}

function startEmbedWorker(model: Uint8Array): Worker {
  return new Worker(new URL('./embedWorker.js', import.meta.url), { workerData: model });
}

const WORKER_ENDED =
  'A thread that embeds passages ended early, perhaps for lack of memory. Lower the option `threads`.';
