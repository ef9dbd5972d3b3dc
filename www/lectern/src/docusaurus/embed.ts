import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Pending } from '../wasm/node/lectern_node.js';

/** How to embed. */
export interface EmbedOptions {
  model: Uint8Array;
  /** Threads, each with a copy of the model. */
  threads: number;
  /** Takes each vector as it comes, in no particular order. */
  onVector(key: string, vector: Uint8Array): void;
  /** Makes a worker that answers each text with its vector; tests pass their own. */
  startWorker?(model: Uint8Array): Worker;
}

/** Embeds all texts on several threads, in the order given: the longest first keeps all busy to the end. */
export async function embedAll(texts: readonly Pending[], options: EmbedOptions): Promise<void> {
  const { model, threads, startWorker = startEmbedWorker } = options;
  const queue = texts.values();
  const workers = Array.from({ length: Math.min(threads, texts.length) }, () => startWorker(model));
  try {
    await Promise.all(workers.map((worker) => work(worker, queue, options)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Takes one text after another from the queue that all workers share. */
async function work(
  worker: Worker,
  queue: Iterator<Pending>,
  { onVector }: EmbedOptions,
): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    onVector(next.value.key, await ask(worker, next.value.text));
  }
}

/** The worker's answer to one text, or why there is none. */
async function ask(worker: Worker, text: string): Promise<Uint8Array> {
  const settled = new AbortController();
  const { signal } = settled;
  const answer = once(worker, 'message', { signal });
  const end = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error(WORKER_ENDED)));
  worker.postMessage(text);
  try {
    const [vector] = await Promise.race([answer, end]);
    return vector;
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
