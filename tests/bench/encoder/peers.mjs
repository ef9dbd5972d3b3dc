// The peers in Python: one process, asked one thing at a time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MODEL_FOLDER, ONNX_FOLDER, PYTHON } from './paths.mjs';

const SCRIPT = join(import.meta.dirname, 'peers/serve.py');
const ENDED = 'The peers ended early; what they printed is above. To install them again, remove .cache/bench and run: scripts/setup bench';

/** `peers/serve.py`, which says what can be asked. */
export class Peers {
  #process;
  #lines;

  /** Starts the process and waits until its models are there. */
  static async start() {
    const peers = new Peers();
    await peers.#next();
    return peers;
  }

  constructor() {
    const env = { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error', TQDM_DISABLE: '1' };
    this.#process = spawn(PYTHON, [SCRIPT, MODEL_FOLDER, ONNX_FOLDER], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#process.stdout);
  }

  /** The answer to a request. */
  async ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#next();
  }

  stop() {
    this.#process.stdin.end();
  }

  async #next() {
    const settled = new AbortController();
    const { signal } = settled;
    const line = once(this.#lines, 'line', { signal });
    const end = once(this.#process, 'exit', { signal }).then(() => Promise.reject(new Error(ENDED)));
    try {
      return JSON.parse((await Promise.race([line, end]))[0]);
    } finally {
      settled.abort();
      await Promise.allSettled([line, end]);
    }
  }
}
