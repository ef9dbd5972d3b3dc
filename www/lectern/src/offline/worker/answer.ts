import { OFFLINE_PAGE } from '../list.js';
import { CopyStorage, type Copy, type CopyRecord } from '../storage.js';
import type { FetchEvent, WorkerScope } from './scope.js';

/** Milliseconds that the network has to begin an answer where a kept one would do. */
export const PATIENCE = 3_000;

/** The file that everything else of an index is found by: the only one whose content changes under its name. */
const MANIFEST = 'lectern/manifest.json';

/**
 * Answers for the network: pages as fresh as it gives them, and from the copy where it does not; files of the copy,
 * which change their names with their contents, from there. What the copy has nothing to do with is left alone.
 */
export function answerFromCopy(scope: WorkerScope, fetch = globalThis.fetch): void {
  const base = new URL(scope.registration.scope);
  const storage = new CopyStorage(base.pathname, scope.caches);
  let record: Promise<CopyRecord | undefined> | undefined;
  /** A page that is loaded may be the first one of a new copy. */
  const copies = (anew: boolean) => {
    if (anew || !record) record = storage.record().catch(() => undefined);
    return record;
  };
  scope.addEventListener('fetch', (event) => {
    if (!concerns(event.request, base)) return;
    event.stopImmediatePropagation();
    event.respondWith(respond(event));
  });

  async function respond({ request, clientId }: FetchEvent): Promise<Response> {
    const isPage = request.mode === 'navigate';
    const kept = await copies(isPage);
    const path = pathOf(request.url, base);
    if (isPage) return networkFirst(request, () => page(path, kept?.active));
    if (path === MANIFEST || ASKS_NETWORK.has(request.cache)) {
      return networkFirst(request, async () => file(path, await copyOf(clientId, kept)));
    }
    const found = (await file(path, kept?.active)) ?? (await file(path, kept?.previous));
    return found ?? networkFirst(request, () => undefined);
  }

  /** The copy that the worker who asks was loaded from: another one may be of a format that it cannot read. */
  async function copyOf(clientId: string, kept: CopyRecord | undefined): Promise<Copy | undefined> {
    const client = clientId && (await scope.clients.get(clientId));
    if (!client || !client.url.endsWith('.js')) return kept?.active;
    const script = pathOf(client.url, base);
    return [kept?.active, kept?.previous].find((copy) => copy?.files[script]);
  }

  async function networkFirst(
    request: Request,
    instead: () => Promise<Response | undefined> | undefined,
  ): Promise<Response> {
    const network = fetch(request);
    const first = await Promise.race([network.catch(() => undefined), after(PATIENCE)]);
    if (first && first.status < 500) return first;
    return (await instead()) ?? (await beside(request)) ?? network;
  }

  /** What another cache of the site has, which its own service worker may have filled. */
  async function beside({ url }: Request): Promise<Response | undefined> {
    for (const path of candidates(pathOf(url, base))) {
      const found = await scope.caches.match(new URL(path, base), { ignoreSearch: true });
      if (found) return found;
    }
    return undefined;
  }

  async function page(path: string, copy: Copy | undefined): Promise<Response | undefined> {
    if (!copy) return undefined;
    const found = candidates(path).find((candidate) => copy.files[candidate]);
    if (found) return file(found, copy);
    if (copy.choice.pages && !copy.others.some((other) => path.startsWith(other))) {
      const missing = await file('404.html', copy);
      return missing && new Response(missing.body, { status: 404, headers: missing.headers });
    }
    const standIn = candidates(OFFLINE_PAGE).some((candidate) => copy.files[candidate]);
    const from = encodeURIComponent(path);
    return standIn ? Response.redirect(`${base.href}${OFFLINE_PAGE}?from=${from}`) : undefined;
  }

  async function file(path: string, copy: Copy | undefined): Promise<Response | undefined> {
    const key = copy?.files[path];
    return key === undefined ? undefined : storage.file(key).catch(() => undefined);
  }
}

/**
 * Whether the copy may have something to do with a request: pages of the site, what they are made of, and the index.
 * What scripts ask of other addresses is none of these, nor is a part of a file.
 */
export function concerns(request: Request, base: URL): boolean {
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== 'GET' || origin !== base.origin || !pathname.startsWith(base.pathname)) {
    return false;
  }
  if (request.headers.has('range') || request.cache === 'only-if-cached') return false;
  if (request.mode === 'navigate') return true;
  return search === '' && (request.destination !== '' || OURS.test(pathOf(request.url, base)));
}

/** The path below the base URL, as the names of files are written. */
function pathOf(url: string, base: URL): string {
  const path = new URL(url).pathname.slice(base.pathname.length);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The files that a host may answer a path with. */
function candidates(path: string): string[] {
  const name = path.replace(/\/$/, '');
  if (name === '') return ['index.html'];
  return [...(name === path ? [name] : []), `${name}/index.html`, `${name}.html`];
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Folders whose files scripts load. */
const OURS = /^(assets|lectern)\//;

/** What a script asks for past the browser's caches. The full encoder's files come this way too, but keep their names. */
const ASKS_NETWORK: ReadonlySet<RequestCache> = new Set(['no-cache', 'reload']);
