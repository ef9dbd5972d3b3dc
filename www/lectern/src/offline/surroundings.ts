/** What a copy needs of its browser. */
export interface Surroundings {
  caches: CacheStorage;
  locks: Pick<LockManager, 'request'>;
  /** To the other tabs. */
  channel: Channel;
  wishes: Storage;
  room: Pick<StorageManager, 'estimate' | 'persist'>;
  worker: WorkerHost;
  fetch: typeof globalThis.fetch;
  /** True where the browser asks to save data. */
  savesData(): boolean;
}

/** What of a `BroadcastChannel` is used. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Turns the service worker on and off. */
export interface WorkerHost {
  /** Resolves once the worker answers for the site: Lectern's own, or that of the site itself. */
  start(own: boolean): Promise<void>;
  /** Ends Lectern's own. */
  stop(): Promise<void>;
}

/** The surroundings of the site at a base URL; undefined in a browser that cannot keep one. */
export function surroundingsOf(base: string): Surroundings | undefined {
  if (!isSecureContext || !navigator.serviceWorker || !globalThis.caches || !navigator.locks) {
    return undefined;
  }
  const wishes = storageOf();
  if (!wishes) return undefined;
  return {
    caches,
    locks: navigator.locks,
    channel: new BroadcastChannel(`lectern-offline:${base}`),
    wishes,
    room: navigator.storage,
    worker: workerHost(base),
    fetch: (...request) => fetch(...request),
    savesData: () =>
      (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true,
  };
}

function workerHost(base: string): WorkerHost {
  const { serviceWorker } = navigator;
  const url = `${base}lectern-sw.js`;
  return {
    start: async (own) => {
      const registration = own
        ? await serviceWorker.register(url, { scope: base })
        : await serviceWorker.getRegistration(base);
      if (!registration) throw new Error('The site has no service worker.');
      await active(registration);
    },
    stop: async () => {
      const registration = await serviceWorker.getRegistration(base);
      const script = registration?.active ?? registration?.installing ?? registration?.waiting;
      if (script && new URL(script.scriptURL).pathname === url) await registration?.unregister();
    },
  };
}

async function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return;
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('The service worker did not start.'));
    });
  });
}

/** Throws in browsers that let a site keep nothing. */
function storageOf(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
