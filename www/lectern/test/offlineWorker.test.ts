import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CopyStorage, type Copy } from '../src/offline/storage.js';
import { answerFromCopy, PATIENCE } from '../src/offline/worker/answer.js';
import type { FetchEvent, WorkerScope } from '../src/offline/worker/scope.js';
import { FakeBrowser } from './fakeBrowser.js';

const BASE = 'https://site.example/book/';
const MANIFEST = 'lectern/manifest.json';
const WORKER = 'assets/js/worker.1.js';

let browser: FakeBrowser;
let storage: CopyStorage;
let network: ReturnType<typeof vi.fn<typeof fetch>>;
let listener: (event: FetchEvent) => void;
const clients = new Map<string, { url: string }>();

beforeEach(() => {
  browser = new FakeBrowser();
  storage = new CopyStorage('/book/', browser.caches as unknown as CacheStorage);
  network = vi.fn<typeof fetch>(async () => new Response('network'));
  clients.clear();
  const scope = {
    registration: { scope: BASE },
    caches: browser.caches,
    clients: { get: async (id: string) => clients.get(id) },
    addEventListener: (_type: string, own: typeof listener) => (listener = own),
  };
  answerFromCopy(scope as unknown as WorkerScope, network);
});

/** A copy whose files have their path and a mark for content. */
async function copyOf(mark: string, paths: string[], choice = { pages: true, precise: false }) {
  const keys = paths.map((path) => [path, `${mark}-${path}`] as const);
  for (const [, key] of keys) await storage.put(key, new Response(key));
  const files = Object.fromEntries(keys);
  return { version: mark, choice, date: 0, bytes: 0, others: ['ur/'], files } satisfies Copy;
}

interface Asked {
  mode?: string;
  destination?: string;
  cache?: RequestCache;
  method?: string;
  headers?: Record<string, string>;
  clientId?: string;
}

/** What the worker answers; undefined when it leaves the request alone. */
async function ask(path: string, asked: Asked = {}): Promise<Response | undefined> {
  const { mode = 'no-cors', destination = '', cache = 'default', method = 'GET' } = asked;
  const url = new URL(path, BASE).href;
  const request = { url, mode, destination, cache, method, headers: new Headers(asked.headers) };
  let answer: Promise<Response> | undefined;
  const stopped = vi.fn();
  listener({
    request: request as unknown as Request,
    clientId: asked.clientId ?? '',
    respondWith: (response) => (answer = response),
    stopImmediatePropagation: stopped,
  });
  expect(stopped).toHaveBeenCalledTimes(answer ? 1 : 0);
  return answer;
}

const text = async (path: string, asked?: Asked) => (await ask(path, asked))?.text();
const page = (path: string) => ask(path, { mode: 'navigate', destination: 'document' });

function offline(): void {
  network.mockImplementation(async () => {
    throw new TypeError('no network');
  });
}

describe('the worker leaves alone', () => {
  it.each<[string, string, Asked?]>([
    ['other origins', 'https://elsewhere.example/book/assets/js/main.js'],
    ['pages beside the site', '/other/', { mode: 'navigate' }],
    ['what scripts ask the relay', 'relay/api/auth/get-session'],
    ['what scripts post', 'assets/js/main.js', { method: 'POST' }],
    ['parts of files', 'assets/talk.mp4', { destination: 'video', headers: { range: 'bytes=0-' } }],
    ['files with a query', 'assets/js/main.js?v=1'],
  ])('%s', async (_, path, asked) => {
    expect(await ask(path, asked)).toBeUndefined();
  });
});

describe('without a copy', () => {
  it('everything comes from the network', async () => {
    expect(await (await page('docs/'))!.text()).toBe('network');
    expect(await text('assets/js/main.1.js')).toBe('network');
    offline();
    await expect(page('docs/')).rejects.toThrow('no network');
  });

  it('what another worker of the site has cached is found', async () => {
    const others = await browser.caches.open('workbox-precache');
    await others.put(`${BASE}docs/index.html`, new Response('precached'));
    offline();
    expect(await (await page('docs'))!.text()).toBe('precached');
  });
});

describe('with a copy', () => {
  const PATHS = ['index.html', 'docs/one/index.html', 'docs/two.html', '404.html', 'img/a b.svg'];

  beforeEach(async () => {
    const active = await copyOf('new', [...PATHS, MANIFEST, WORKER, 'lectern/core.1.lectern']);
    const previous = await copyOf('old', ['assets/js/old.js', 'assets/js/worker.0.js', MANIFEST]);
    await storage.setRecord({ active, previous });
  });

  it('pages are as fresh as the network gives them', async () => {
    expect(await (await page('docs/one'))!.text()).toBe('network');
    network.mockResolvedValue(new Response('gone', { status: 404 }));
    expect((await page('docs/one'))!.status).toBe(404);
  });

  it.each([
    ['', 'new-index.html'],
    ['docs/one', 'new-docs/one/index.html'],
    ['docs/one/', 'new-docs/one/index.html'],
    ['docs/one/index.html', 'new-docs/one/index.html'],
    ['docs/two?q=x', 'new-docs/two.html'],
  ])('the page at “%s” is kept', async (path, content) => {
    offline();
    expect(await (await page(path))!.text()).toBe(content);
  });

  it('a server in trouble and a slow network give the kept page', async () => {
    network.mockResolvedValue(new Response('bad gateway', { status: 502 }));
    expect(await (await page('docs/one'))!.text()).toBe('new-docs/one/index.html');
    vi.useFakeTimers();
    network.mockReturnValue(new Promise(() => undefined));
    const answer = page('docs/one');
    await vi.advanceTimersByTimeAsync(PATIENCE + 1);
    expect(await (await answer)!.text()).toBe('new-docs/one/index.html');
    vi.useRealTimers();
  });

  it('a page that the site does not have is its page for that', async () => {
    offline();
    const answer = (await page('docs/three'))!;
    expect([answer.status, await answer.text()]).toEqual([404, 'new-404.html']);
  });

  it('files come from it without the network, those of the copy before it too', async () => {
    expect(await text('img/a%20b.svg', { destination: 'image' })).toBe('new-img/a b.svg');
    expect(await text('assets/js/old.js', { destination: 'script' })).toBe('old-assets/js/old.js');
    expect(await text('lectern/core.1.lectern', { cache: 'no-store' })).toBe(
      'new-lectern/core.1.lectern',
    );
    expect(network).not.toHaveBeenCalled();
    expect(await text('assets/js/other.js')).toBe('network');
  });

  it('the manifest is that of the network, else that of the copy of who asks', async () => {
    clients.set('new', { url: BASE + WORKER });
    clients.set('old', { url: `${BASE}assets/js/worker.0.js` });
    clients.set('newer', { url: `${BASE}assets/js/worker.2.js` });
    expect(await text(MANIFEST, { clientId: 'old' })).toBe('network');
    offline();
    expect(await text(MANIFEST, { clientId: 'new' })).toBe(`new-${MANIFEST}`);
    expect(await text(MANIFEST, { clientId: 'old' })).toBe(`old-${MANIFEST}`);
    await expect(ask(MANIFEST, { clientId: 'newer' })).rejects.toThrow('no network');
  });

  it('a page that is loaded is of the newest one', async () => {
    offline();
    await page('docs/one');
    await storage.setRecord({ active: await copyOf('newest', PATHS) });
    expect(await (await page('docs/one'))!.text()).toBe('newest-docs/one/index.html');
  });
});

describe('with a copy of search alone', () => {
  it('a page that is not kept leads to the one that says so', async () => {
    const paths = ['offline/index.html', '404.html'];
    await storage.setRecord({
      active: await copyOf('new', paths, { pages: false, precise: false }),
    });
    offline();
    const answer = (await page('docs/one?x=1'))!;
    expect(answer.headers.get('location')).toBe(`${BASE}offline?from=docs%2Fone`);
  });

  it('so does a page of another locale, whatever is kept of this one', async () => {
    await storage.setRecord({ active: await copyOf('new', ['offline.html', '404.html']) });
    offline();
    expect((await page('ur/docs'))!.headers.get('location')).toBe(`${BASE}offline?from=ur%2Fdocs`);
  });
});
