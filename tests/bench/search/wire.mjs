// What a reader's browser receives, counted where it arrives: bodies as they are sent, and headers.

/** Notes every request of a browser context, those of its workers too. */
export class Wire {
  #requests = [];
  #finished = [];

  constructor(context) {
    context.on('request', (request) => this.#requests.push(request));
    context.on('requestfinished', (request) => this.#finished.push(received(request)));
    // Such as what was under way for a page that has gone.
    context.on('requestfailed', () => this.#finished.push({ bytes: 0 }));
  }

  /** Forgets what came so far, such as the page itself. */
  clear() {
    this.#requests = [];
    this.#finished = [];
  }

  /**
   * `{ requests, bytes, kinds }` of what was asked for until `moment`, in milliseconds since 1970; of that what had
   * arrived by then, where only `arrived` counts; `kinds` has the bytes by kind of file. What the browser had kept
   * costs nothing and is not counted.
   */
  async until(moment, { arrived = false } = {}) {
    const all = (await Promise.all(this.#finished)).filter(({ bytes }) => bytes > 0);
    const counted = all.filter(({ start, end }) => (arrived ? end : start) <= moment);
    const kinds = {};
    for (const { kind, bytes } of counted) kinds[kind] = (kinds[kind] ?? 0) + bytes;
    return { requests: counted.length, bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0), kinds };
  }

  /** Waits until nothing is under way. */
  async settle() {
    while (this.#finished.length < this.#requests.length) await new Promise((done) => setTimeout(done, 20));
    await Promise.all(this.#finished);
  }
}

/**
 * The sizes of headers and body together are the browser's own count (encodedDataLength). Of a worker's first
 * script Chromium counts the headers alone, so the body is added.
 */
async function received(request) {
  const { responseHeadersSize, responseBodySize } = await request.sizes();
  const counted = responseHeadersSize + responseBodySize;
  const body = Number((await request.response())?.headers()['content-length'] ?? 0);
  const { startTime, responseEnd } = request.timing();
  return {
    kind: kindOf(new URL(request.url()).pathname),
    bytes: counted > 0 && counted < body ? counted + body : counted,
    start: startTime,
    end: startTime + Math.max(responseEnd, 0),
  };
}

/** Scripts, the engine, or what a file of a shelf is called before its hash. */
function kindOf(path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.endsWith('.js')) return 'scripts';
  return name.endsWith('.wasm') ? 'engine' : name.split('.')[0];
}
