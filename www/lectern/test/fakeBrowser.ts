import type { Channel, Surroundings } from '../src/offline/surroundings.js';

/** A browser with as many tabs as are asked for, as far as copies need one. */
export class FakeBrowser {
  readonly caches = new FakeCaches();
  readonly wishes = new FakeStorage();
  readonly worker = { running: false, own: undefined as boolean | undefined };
  /** What the browser says of its room. */
  quota = 1e9;
  savesData = false;
  private readonly locks = new FakeLocks();
  private readonly channels: Channel[] = [];

  /** A tab that fetches by `fetch`. */
  tab(fetch: typeof globalThis.fetch): Surroundings {
    return {
      caches: this.caches as unknown as CacheStorage,
      locks: this.locks as unknown as LockManager,
      channel: this.channel(),
      wishes: this.wishes as unknown as Storage,
      room: {
        estimate: async () => ({ quota: this.quota, usage: this.caches.bytes }),
        persist: async () => true,
      },
      worker: {
        start: async (own) => void Object.assign(this.worker, { running: true, own }),
        stop: async () => void Object.assign(this.worker, { running: false }),
      },
      fetch,
      savesData: () => this.savesData,
    };
  }

  private channel(): Channel {
    const own: Channel = {
      onmessage: null,
      postMessage: (data) => {
        for (const other of this.channels) {
          if (other !== own) other.onmessage?.({ data: structuredClone(data) } as MessageEvent);
        }
      },
    };
    this.channels.push(own);
    return own;
  }
}

/** The Cache API with a limit. */
class FakeCaches {
  /** Bytes that may be stored. */
  limit = Infinity;
  private readonly all = new Map<string, Map<string, { bytes: Uint8Array; init: ResponseInit }>>();

  get bytes(): number {
    const entries = [...this.all.values()].flatMap((cache) => [...cache.values()]);
    return entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  async has(name: string): Promise<boolean> {
    return this.all.has(name);
  }

  async delete(name: string): Promise<boolean> {
    return this.all.delete(name);
  }

  async match(
    request: string | URL,
    { cacheName }: { cacheName?: string } = {},
  ): Promise<Response | undefined> {
    const caches = cacheName === undefined ? [...this.all.values()] : [this.all.get(cacheName)];
    const found = caches.map((cache) => cache?.get(String(request))).find(Boolean);
    return found && new Response(found.bytes.slice(), found.init);
  }

  async open(name: string) {
    const cache =
      this.all.get(name) ?? new Map<string, { bytes: Uint8Array; init: ResponseInit }>();
    this.all.set(name, cache);
    return {
      keys: async () => [...cache.keys()].map((url) => ({ url })),
      delete: async (key: string) => cache.delete(key),
      put: async (key: string, response: Response) => {
        const bytes = new Uint8Array(await response.arrayBuffer());
        if (this.bytes + bytes.length > this.limit) {
          throw new DOMException('full', 'QuotaExceededError');
        }
        cache.set(key, { bytes, init: { headers: [...response.headers] } });
      },
    };
  }
}

class FakeStorage {
  private readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/** One exclusive lock, taken in turn. */
class FakeLocks {
  private last: Promise<unknown> = Promise.resolve();

  request<T>(_name: string, options: LockOptions | (() => T), callback?: () => T): Promise<T> {
    const work = callback ?? (options as () => T);
    const { signal } = (callback ? options : {}) as LockOptions;
    const turn = this.last.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
