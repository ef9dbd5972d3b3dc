import type { WorkerLike } from '../src/client/connection.js';
import type { CallName, Reply, Request } from '../src/client/protocol.js';

type Listener = (event: { data?: unknown; message?: string }) => void;

/** A worker that does nothing by itself: a test reads what it was asked and answers in its own time. */
export class FakeWorker {
  readonly requests: Request[] = [];
  terminated = false;
  private readonly answered = new Set<number>();
  private readonly listeners = new Map<string, Listener>();

  /** The worker as a client sees it. */
  get asWorker(): WorkerLike {
    return this as unknown as WorkerLike;
  }

  postMessage(request: Request): void {
    this.requests.push(structuredClone(request));
  }

  terminate(): void {
    this.terminated = true;
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, listener);
  }

  /** The newest request of a kind that has no answer yet, once there is one. */
  async request(call: CallName): Promise<Request> {
    for (let turn = 0; turn < 20; turn++) {
      const request = this.requests.findLast(
        (other) => other.call === call && !this.answered.has(other.id),
      );
      if (request) return request;
      await Promise.resolve();
    }
    throw new Error(`the worker was never asked to ${call}`);
  }

  /** Answers the newest request of a kind. */
  async answer(call: CallName, result?: unknown): Promise<void> {
    const { id } = await this.request(call);
    this.reply({ id, kind: 'done', result } as Reply);
    await settle();
  }

  /** Says what words alone answer to the newest search. */
  async answerByWords(response?: unknown): Promise<void> {
    const { id } = await this.request('search');
    this.reply({ id, kind: 'partial', response } as Reply);
    await settle();
  }

  /** Lets the newest request of a kind fail. */
  async refuse(call: CallName, code: string, message = code): Promise<void> {
    const { id } = await this.request(call);
    this.reply({ id, kind: 'failed', code, message } as Reply);
    await settle();
  }

  reply(reply: Reply): void {
    if (reply.kind === 'done' || reply.kind === 'failed') this.answered.add(reply.id);
    this.listeners.get('message')?.({ data: reply });
  }

  /** Dies as a worker does: with a message, or without one where its script never ran. */
  crash(message?: string): void {
    this.listeners.get('error')?.({ message });
  }
}

/** Lets every promise that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
