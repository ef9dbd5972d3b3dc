import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OfflineCopy } from '../src/offline/copy.js';
import { CopyStorage } from '../src/offline/storage.js';
import { FakeBrowser } from './fakeBrowser.js';
import { FakeDeployment } from './fakeDeployment.js';

const SEARCH = { 'lectern/manifest.json': 'manifest', 'assets/js/main.1.js': 'script' };
const PAGES = { 'index.html': 'home', 'docs/a b/index.html': 'chapter' };
const ALL = { pages: true, precise: false };
const SEARCH_ONLY = { pages: false, precise: false };

let browser: FakeBrowser;
let site: FakeDeployment;
let storage: CopyStorage;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 500 });
  browser = new FakeBrowser();
  site = new FakeDeployment('one', { search: SEARCH, pages: PAGES });
  storage = new CopyStorage('/', browser.caches as unknown as CacheStorage);
  return () => vi.useRealTimers();
});

/** A tab of the browser on a deployment. */
function tab(deployment = site): OfflineCopy {
  return new OfflineCopy(
    '/',
    browser.tab((url, init) => deployment.fetch(url, init)),
  );
}

/** What the copy in use has for a path. */
async function kept(path: string): Promise<string | undefined> {
  const key = (await storage.record())?.active.files[path];
  return key === undefined ? undefined : (await storage.file(key))?.text();
}

describe('a copy', () => {
  it('has what was chosen, and the worker runs', async () => {
    const copy = tab();
    await copy.turnOn(SEARCH_ONLY);
    expect(copy.state.getSnapshot()).toMatchObject({ status: 'kept', kept: { bytes: 14 } });
    expect(await kept('assets/js/main.1.js')).toBe('script');
    expect(await kept('index.html')).toBeUndefined();
    expect(browser.worker).toEqual({ running: true, own: true });
    await copy.turnOn(ALL);
    expect(await kept('docs/a b/index.html')).toBe('chapter');
    expect(site.asked).toHaveLength(4);
  });

  it('is not there, and no worker, before it is asked for', async () => {
    const copy = tab();
    await copy.look();
    await copy.refresh();
    expect(copy.state.getSnapshot()).toMatchObject({
      status: 'off',
      sizes: { pages: { files: 2 } },
    });
    expect(browser.worker.running).toBe(false);
    expect(await browser.caches.has('lectern-offline:/')).toBe(false);
  });

  it('gives up the room of pages that are not wanted any more', async () => {
    const copy = tab();
    await copy.turnOn(ALL);
    await copy.turnOn(SEARCH_ONLY);
    expect((await storage.keys()).size).toBe(2);
  });

  it('is gone with the worker when it is removed', async () => {
    const copy = tab();
    await copy.turnOn(ALL);
    await copy.remove();
    expect(copy.state.getSnapshot().status).toBe('off');
    expect(browser.worker.running).toBe(false);
    expect(browser.caches.bytes).toBe(0);
  });

  it('is whole again after files of it were lost', async () => {
    await tab().turnOn(ALL);
    await storage.prune(new Set([...(await storage.keys())].slice(1)));
    site.asked.length = 0;
    await tab().refresh();
    expect(site.asked).toHaveLength(1);
    expect(await kept('lectern/manifest.json')).toBe('manifest');
  });
});

describe('a download', () => {
  it('that breaks off makes nothing the copy in use, and goes on with what is missing', async () => {
    site.down = /docs/;
    const copy = tab();
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'network' },
    });
    expect(await storage.record()).toBeUndefined();
    site.down = undefined;
    site.asked.length = 0;
    await tab().refresh();
    expect(site.asked).toEqual(['docs/a b/index.html']);
    expect(await kept('docs/a b/index.html')).toBe('chapter');
  });

  it('asks past caches for what is not as expected', async () => {
    site.wrong.set('index.html', 'older');
    await tab().turnOn(ALL);
    expect(await kept('index.html')).toBe('home');
    expect(site.asked.filter((path) => path.startsWith('index.html?v='))).toHaveLength(1);
  });

  it.each([
    ['is longer', 'home and more'],
    ['is shorter', 'ho'],
    ['is another', 'tome'],
  ])('of a file that %s everywhere fails', async (_, text) => {
    site.fetch('index.html');
    const lying = new FakeDeployment('one', { search: SEARCH, pages: PAGES });
    const copy = new OfflineCopy(
      '/',
      browser.tab((url, init) =>
        String(url).startsWith('/index.html')
          ? Promise.resolve(new Response(text))
          : lying.fetch(url, init),
      ),
    );
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'changed' },
    });
    expect(await storage.record()).toBeUndefined();
  });

  it('of a file that is not there says so', async () => {
    const copy = new OfflineCopy(
      '/',
      browser.tab((url, init) =>
        String(url).includes('index.html')
          ? Promise.resolve(new Response('', { status: 404 }))
          : site.fetch(url, init),
      ),
    );
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'missing' },
    });
  });

  it('without room is not begun, and says what is needed', async () => {
    browser.quota = 10;
    const copy = tab();
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot().error).toEqual({
      code: 'no-space',
      space: { needed: 25, free: 10 },
    });
    expect(site.asked).toEqual([]);
  });

  it('that fills the room leaves nothing of itself, and what was kept before', async () => {
    const copy = tab();
    await copy.turnOn(SEARCH_ONLY);
    const before = browser.caches.bytes;
    browser.caches.limit = before + 6;
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'no-space' },
    });
    expect(browser.caches.bytes).toBe(before);
    expect(await kept('assets/js/main.1.js')).toBe('script');
  });

  it('stops when it is paused, and at the next visit too', async () => {
    const copy = tab();
    const stop = copy.state.subscribe(() => {
      if ((copy.state.getSnapshot().progress?.files ?? 0) > 0) stop();
      if ((copy.state.getSnapshot().progress?.files ?? 0) > 0) copy.pause();
    });
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot().status).toBe('paused');
    const again = tab();
    site.asked.length = 0;
    await again.refresh();
    expect(again.state.getSnapshot().status).toBe('paused');
    expect(site.asked).toEqual([]);
    await again.resume();
    expect(again.state.getSnapshot().status).toBe('kept');
  });

  it('stays paused when progress that another tab told of comes late', async () => {
    const copy = tab();
    const other = browser.tab((url, init) => site.fetch(url, init)).channel;
    const stop = copy.state.subscribe(() => {
      const state = copy.state.getSnapshot();
      if ((state.progress?.files ?? 0) === 0) return;
      stop();
      copy.pause();
      other.postMessage({ kind: 'state', state });
    });
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot().status).toBe('paused');
    await copy.resume();
    expect(copy.state.getSnapshot().status).toBe('kept');
  });

  it('tells of its progress at a pace, not with every file', async () => {
    const pages = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n}.html`, `${n}`]));
    const copy = tab(new FakeDeployment('many', { search: SEARCH, pages }));
    const seen = new Set<number | undefined>();
    copy.state.subscribe(() => seen.add(copy.state.getSnapshot().progress?.files));
    await copy.turnOn(ALL);
    expect(copy.state.getSnapshot().status).toBe('kept');
    expect(seen.size).toBeLessThan(100);
    expect(seen).toContain(202);
  });

  it('is made by one tab and shown by the other', async () => {
    const [one, other] = [tab(), tab()];
    await Promise.all([one.look(), other.look()]);
    const seen: (number | undefined)[] = [];
    other.state.subscribe(() => seen.push(other.state.getSnapshot().progress?.loaded));
    const made = one.turnOn(ALL);
    await other.refresh();
    await made;
    expect(seen).toContain(25);
    expect(other.state.getSnapshot().status).toBe('kept');
    expect(new Set(site.asked).size).toBe(site.asked.length);
  });
});

describe('a newer deployment', () => {
  const newer = () =>
    new FakeDeployment('two', {
      search: { ...SEARCH, 'assets/js/main.2.js': 'newer script' },
      pages: { ...PAGES, 'index.html': 'new home' },
    });

  it('brings what has changed, and the copy before it stays for pages that are open', async () => {
    await tab().turnOn(ALL);
    const deployed = newer();
    await tab(deployed).refresh();
    expect(deployed.asked.sort()).toEqual(['assets/js/main.2.js', 'index.html']);
    expect(await kept('index.html')).toBe('new home');
    const { previous } = (await storage.record())!;
    expect(await (await storage.file(previous!.files['index.html']!))?.text()).toBe('home');
    await tab(deployed).refresh();
    expect((await storage.record())!.previous).toBeUndefined();
    expect((await storage.keys()).size).toBe(5);
  });

  it('that does not come whole leaves all of the copy before it', async () => {
    await tab().turnOn(ALL);
    const deployed = newer();
    deployed.down = /main\.2/;
    const copy = tab(deployed);
    await copy.refresh();
    expect(copy.state.getSnapshot()).toMatchObject({
      status: 'failed',
      kept: { version: 'offline.one.json' },
    });
    expect(await kept('index.html')).toBe('home');
    expect((await storage.record())!.active.version).toBe('offline.one.json');
  });

  it('waits for the reader where the browser saves data', async () => {
    await tab().turnOn(ALL);
    browser.savesData = true;
    const copy = tab(newer());
    await copy.refresh();
    expect(copy.state.getSnapshot()).toMatchObject({ status: 'kept', stale: true });
    await copy.resume();
    expect(copy.state.getSnapshot()).toMatchObject({ status: 'kept', stale: false });
  });

  it('is no matter without a network', async () => {
    await tab().turnOn(ALL);
    const copy = tab();
    site.down = /./;
    await copy.refresh();
    expect(copy.state.getSnapshot()).toMatchObject({ status: 'kept' });
    expect(copy.state.getSnapshot().error).toBeUndefined();
  });
});
