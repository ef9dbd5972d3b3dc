import { LecternError } from './errors.js';
import type { CallName, Calls, Meanwhile, Reply, Request } from './protocol.js';

/** What a client needs of a worker; tests pass their own. */
export type WorkerLike = Pick<
  Worker,
  'postMessage' | 'terminate' | 'addEventListener' | 'removeEventListener'
>;

/** Makes the worker that holds the engine. */
export type WorkerFactory = () => WorkerLike;

/** Starts the worker that comes with this package. */
export const defaultWorkerFactory: WorkerFactory = () =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

interface PendingCall extends Meanwhile {
  resolve(result: Calls[CallName]['result']): void;
  reject(error: LecternError): void;
}

/** Calls into one worker. When the worker dies, so does the connection: make another. */
export class Connection {
  private readonly pending = new Map<number, PendingCall>();
  private readonly worker: WorkerLike;
  private lastId = 0;
  private dead?: LecternError;

  /** Throws `no-wasm` or `no-worker` where the browser has no engine to offer. */
  constructor(factory: WorkerFactory) {
    this.worker = startWorker(factory);
    this.worker.addEventListener('message', (event) =>
      this.receive((event as MessageEvent<Reply>).data),
    );
    this.worker.addEventListener('error', (event) => this.fail(workerError(event as ErrorEvent)));
    this.worker.addEventListener('messageerror', () => this.fail(workerError()));
  }

  /** False once the worker has failed or was closed. */
  get alive(): boolean {
    return this.dead === undefined;
  }

  /** Sends one call and waits for its answer. */
  call<Name extends CallName>(
    name: Name,
    parameters: Calls[Name]['parameters'],
    meanwhile: Meanwhile = {},
  ): Promise<Calls[Name]['result']> {
    if (this.dead) return Promise.reject(this.dead);
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { ...meanwhile, resolve, reject });
      this.worker.postMessage({ id, call: name, ...parameters } as Request);
    });
  }

  /** Ends the worker; calls under way are rejected with `error`. */
  fail(error: LecternError): void {
    if (this.dead) return;
    this.dead = error;
    this.worker.terminate();
    for (const call of this.pending.values()) call.reject(error);
    this.pending.clear();
  }

  private receive(reply: Reply): void {
    const call = this.pending.get(reply.id);
    if (!call) return;
    switch (reply.kind) {
      case 'progress':
        return call.onProgress?.(reply.loaded, reply.total);
      case 'partial':
        return call.onPartial?.(reply.response);
      case 'done':
        this.pending.delete(reply.id);
        return call.resolve(reply.result);
      case 'failed':
        this.pending.delete(reply.id);
        call.reject(new LecternError(reply.code, reply.message));
        // An engine that failed unexpectedly may have lost its memory's order: never ask it again.
        if (reply.code === 'worker-failed') this.fail(workerError());
    }
  }
}

function startWorker(factory: WorkerFactory): WorkerLike {
  if (typeof WebAssembly !== 'object') {
    throw new LecternError(
      'no-wasm',
      'This browser has no WebAssembly, which search needs. Update it, or turn WebAssembly on in its settings.',
    );
  }
  try {
    return factory();
  } catch (cause) {
    throw new LecternError('no-worker', `${NO_WORKER} (${(cause as Error).message})`);
  }
}

/** A worker whose script never ran reports an event without a message. */
function workerError(event?: ErrorEvent): LecternError {
  if (event && !event.message) return new LecternError('no-worker', NO_WORKER);
  const why = event ? ` (${event.message})` : '';
  return new LecternError(
    'worker-failed',
    `Search stopped unexpectedly${why}. Try again; if that does not help, reload the page.`,
  );
}

const NO_WORKER =
  'Search could not start in the background. A reader can reload the page or update the browser; the owner ' +
  "of the site can check that its Content-Security-Policy allows worker-src 'self'.";
