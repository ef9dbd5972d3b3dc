import { RelayError } from './errors.js';

/** A signal that ends with the caller's own, or when something takes too long. */
export class Deadline {
  private readonly controller = new AbortController();
  private timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly outer?: AbortSignal) {
    if (outer?.aborted) this.controller.abort(outer.reason);
    outer?.addEventListener('abort', this.follow);
  }

  /** What a request takes. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Gives it so many milliseconds from now, in place of what was left. */
  extend(milliseconds: number): void {
    this.rest();
    this.timer = setTimeout(() => this.controller.abort(late()), milliseconds);
  }

  /** Lets it take as long as it needs. */
  rest(): void {
    clearTimeout(this.timer);
  }

  /** Ends what still goes on. */
  end(): void {
    this.rest();
    this.outer?.removeEventListener('abort', this.follow);
    this.controller.abort();
  }

  /** What to throw for an error of the request: the caller's own reason, that it was late, or `code`. */
  failure(error: unknown, code: string): unknown {
    if (error instanceof RelayError) return error;
    if (this.signal.aborted) return this.signal.reason;
    return new RelayError(code, MESSAGES[code] ?? String(error));
  }

  private readonly follow = () => this.controller.abort(this.outer?.reason);
}

const MESSAGES: Record<string, string> = {
  network: 'the relay cannot be reached; check the connection and try again',
  cut: 'the answer broke off; ask again',
};

function late(): RelayError {
  return new RelayError('timeout', 'the relay takes too long to answer; try again');
}
