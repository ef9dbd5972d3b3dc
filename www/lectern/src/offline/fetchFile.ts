import { OfflineError } from './errors.js';
import type { ListedFile } from './list.js';

/** How files are fetched. */
export interface FetchOptions {
  /** URL that the paths of files are below, with a slash at its end. */
  base: string;
  signal: AbortSignal;
  /** Takes the bytes as they come; fewer than none when they must come again. */
  onBytes(count: number): void;
  fetch?: typeof globalThis.fetch;
  /** Milliseconds before a file that broke off is asked for again, each time. */
  pauses?: readonly number[];
}

/**
 * Fetches a file and checks its content. A copy on the way may be of another deployment, so what is not right is
 * asked for again past all of them.
 */
export async function fetchFile(file: ListedFile, options: FetchOptions): Promise<Response> {
  const url = options.base + file[0].split('/').map(encodeURIComponent).join('/');
  const usual = await persistently(url, { cache: 'no-cache' }, file, options);
  if (usual) return usual;
  const fresh = await persistently(`${url}?v=${file[2]}`, { cache: 'reload' }, file, options);
  if (fresh) return fresh;
  throw new OfflineError('changed');
}

/** Tries again where the connection breaks or the server is busy. Undefined when the content is not right. */
async function persistently(
  url: string,
  init: RequestInit,
  file: ListedFile,
  options: FetchOptions,
): Promise<Response | undefined> {
  const { signal, pauses = PAUSES } = options;
  for (const wait of [...pauses, undefined]) {
    try {
      return await once(url, init, file, options);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof OfflineError && cause.code !== 'network') throw cause;
      if (wait === undefined) throw new OfflineError('network', undefined, cause);
      await pause(wait, signal);
    }
  }
  return undefined;
}

async function once(
  url: string,
  init: RequestInit,
  [, size, hash]: ListedFile,
  { signal, onBytes, fetch = globalThis.fetch }: FetchOptions,
): Promise<Response | undefined> {
  const patience = new Patience(signal);
  let counted = 0;
  const count = (bytes: number) => {
    patience.renew();
    counted += bytes;
    onBytes(bytes);
  };
  try {
    const response = await fetch(url, { ...init, signal: patience.signal });
    if (response.status === 404 || response.status === 410) throw new OfflineError('missing');
    if (!response.ok) throw new OfflineError('network');
    const bytes = await read(response, size, count);
    if (bytes && (await digest(bytes)) === hash) {
      counted = 0;
      return new Response(bytes, { headers: keptHeaders(response) });
    }
    return undefined;
  } finally {
    patience.end();
    if (counted > 0) onBytes(-counted);
  }
}

/** The body, if it has `size` bytes. */
async function read(
  response: Response,
  size: number,
  onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = new Uint8Array(size);
  const reader = response.body?.getReader();
  let length = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return length === size ? bytes : undefined;
    if (length + chunk.value.length > size) {
      await reader?.cancel();
      return undefined;
    }
    bytes.set(chunk.value, length);
    length += chunk.value.length;
    onBytes(chunk.value.length);
  }
}

/** The first 16 bytes of the SHA-256 in hexadecimal. */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, 16);
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The headers of an answer, policies among them, but those of its way here. */
function keptHeaders({ headers }: Response): Headers {
  const kept = new Headers(headers);
  for (const name of TRANSFER_HEADERS) kept.delete(name);
  return kept;
}

const TRANSFER_HEADERS = ['content-encoding', 'content-length', 'transfer-encoding', 'vary'];

/** A signal that is aborted with another one, or when nothing has come for long. */
class Patience {
  private readonly controller = new AbortController();
  private timer?: ReturnType<typeof setTimeout>;
  readonly signal = this.controller.signal;

  constructor(private readonly outer: AbortSignal) {
    outer.addEventListener('abort', this.stop, { once: true });
    if (outer.aborted) this.stop();
    this.renew();
  }

  renew(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(), STALL);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.stop);
  }

  private readonly stop = () => this.controller.abort(this.outer.reason);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), {
      once: true,
    });
  });
}

const PAUSES = [500, 2_000];

/** Milliseconds without a byte after which a connection counts as broken. */
const STALL = 30_000;
