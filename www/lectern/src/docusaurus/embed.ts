import { Worker } from 'node:worker_threads';

/** How to embed. */
export interface EmbedOptions {
  model: Uint8Array;
  /** Threads, each with a copy of the model. */
  threads: number;
  /** Gives the text of a key. */
  text(key: string): string;
  /** Takes each vector as it comes, in no particular order. */
  onVector(key: string, vector: Uint8Array): void;
  /** Makes a worker that answers each text with its vector; tests pass their own. */
  startWorker?(model: Uint8Array): Worker;
}

/** Embeds the texts of all keys, each once, on several threads. */
export async function embedAll(keys: readonly string[], options: EmbedOptions): Promise<void> {
  const { model, threads, startWorker = startEmbedWorker } = options;
  const queue = keys.values();
  const workers = Array.from({ length: Math.min(threads, keys.length) }, () => startWorker(model));
  try {
    await Promise.all(workers.map((worker) => work(worker, queue, options)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Takes one key after another from the queue that all workers share. */
async function work(
  worker: Worker,
  queue: Iterator<string>,
  { text, onVector }: EmbedOptions,
): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    onVector(next.value, await ask(worker, text(next.value)));
  }
}

function ask(worker: Worker, text: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.removeAllListeners();
      finish();
    };
    worker.once('message', (vector: Uint8Array) => settle(() => resolve(vector)));
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', () => settle(() => reject(new Error(WORKER_ENDED))));
    worker.postMessage(text);
  });
}

function startEmbedWorker(model: Uint8Array): Worker {
  return new Worker(new URL('./embedWorker.js', import.meta.url), { workerData: model });
}

const WORKER_ENDED =
  'A thread that embeds passages ended early, perhaps for lack of memory. Lower the option `threads`.';
