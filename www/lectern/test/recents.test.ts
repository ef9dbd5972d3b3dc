import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recentsAt, Recents } from '../src/search/recents.js';

/** A browser's storage as far as it is used, which can be full. */
function storage() {
  const entries = new Map<string, string>();
  return {
    entries,
    full: false,
    getItem: (key: string) => entries.get(key) ?? null,
    removeItem: (key: string) => entries.delete(key),
    setItem(key: string, value: string) {
      if (this.full) throw new DOMException('full', 'QuotaExceededError');
      entries.set(key, value);
    },
  };
}

describe('recent entries', () => {
  let kept: ReturnType<typeof storage>;
  beforeEach(() => vi.stubGlobal('localStorage', (kept = storage())));
  afterEach(() => vi.unstubAllGlobals());

  it('are newest first, each once, five of each kind', () => {
    const recents = new Recents('k');
    for (const query of ['a', 'b', 'A ', ' ', 'c', 'd', 'e', 'f']) recents.addQuery(query);
    expect(recents.entries.getSnapshot().queries).toEqual(['f', 'e', 'd', 'c', 'A']);
    recents.addPage({ url: '/a', title: 'A' });
    recents.addPage({ url: '/b', title: 'B' });
    recents.addPage({ url: '/a', title: 'A again' });
    const urls = recents.entries.getSnapshot().pages.map(({ title }) => title);
    expect(urls).toEqual(['A again', 'B']);
  });

  it('are there again after a reload, for each site its own', () => {
    recentsAt('/one/').addQuery('a');
    expect(new Recents('lectern.recent:/one/').entries.getSnapshot().queries).toEqual(['a']);
    expect(recentsAt('/two/').entries.getSnapshot().queries).toEqual([]);
  });

  it('are forgotten one by one and all at once, and then nothing is kept', () => {
    const recents = new Recents('k');
    recents.addQuery('a');
    recents.addQuery('b');
    recents.addPage({ url: '/a', title: 'A' });
    recents.removeQuery('a');
    expect(recents.entries.getSnapshot().queries).toEqual(['b']);
    recents.removePage('/a');
    expect(recents.entries.getSnapshot().pages).toEqual([]);
    recents.clear();
    expect(recents.entries.getSnapshot()).toEqual({ queries: [], pages: [] });
    expect(kept.entries.size).toBe(0);
  });

  it('last until the page is left where the storage is full or there is none', () => {
    const recents = new Recents('k');
    kept.full = true;
    recents.addQuery('a');
    expect(recents.entries.getSnapshot().queries).toEqual(['a']);
    vi.stubGlobal('localStorage', undefined);
    const without = new Recents('k');
    without.addQuery('b');
    expect(without.entries.getSnapshot().queries).toEqual(['b']);
  });

  it.each([
    'null',
    '{',
    '[]',
    '{"queries":7}',
    '{"pages":[{"url":"https://evil.example","title":"x"},{"url":"//evil.example","title":"x"},3]}',
  ])('are none where the storage has %s', (text) => {
    kept.setItem('k', text);
    expect(new Recents('k').entries.getSnapshot()).toEqual({ queries: [], pages: [] });
  });
});
