import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { EmbedRequest } from '../src/docusaurus/embed.js';

/** A thread that answers each text with its length, or as `behave` says. */
export class FakeThread extends EventEmitter {
  readonly requests: EmbedRequest[] = [];
  terminated = false;

  constructor(private readonly behave?: (thread: FakeThread) => void) {
    super();
  }

  /** The thread as the code under test sees it. */
  get asWorker(): Worker {
    return this as unknown as Worker;
  }

  postMessage(request: EmbedRequest): void {
    this.requests.push(request);
    setImmediate(() => (this.behave ? this.behave(this) : this.answer()));
  }

  /** Answers the newest request. */
  answer(): void {
    const { texts } = this.requests.at(-1)!;
    this.emit(
      'message',
      texts.map((text) => new Uint8Array([text.length])),
    );
  }

  async terminate(): Promise<number> {
    this.terminated = true;
    return 0;
  }
}
