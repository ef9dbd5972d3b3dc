/** What of a service worker's global scope is used: the types of pages and of workers exclude each other. */
export interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly caches: CacheStorage;
  readonly clients: {
    get(id: string): Promise<{ readonly url: string } | undefined>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LifetimeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

/** An event that the worker is kept alive for. */
export interface LifetimeEvent {
  waitUntil(work: Promise<unknown>): void;
}

/** A request of a page or of one of its workers. */
export interface FetchEvent {
  readonly request: Request;
  readonly clientId: string;
  respondWith(response: Promise<Response>): void;
  stopImmediatePropagation(): void;
}
