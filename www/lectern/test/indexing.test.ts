import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { embedAll } from '../src/docusaurus/embed.js';
import { cacheFolder, readModel } from '../src/model/locate.js';
import { batchesOf, BATCH_CHARACTERS } from '../src/docusaurus/batches.js';
import { cachePath, readCache, writeCache } from '../src/docusaurus/cache.js';
import { writeIndex } from '../src/docusaurus/writeIndex.js';
import { FakeThread } from './fakeThread.js';
import type { Pending } from '../src/wasm/node/lectern_node.js';
import { folderWith } from './folders.js';

const MODEL = new Uint8Array([1, 2, 3]);

function passage(key: string, length: number): Pending {
  return { key, text: 'x'.repeat(length), role: 'passage' };
}

function embedWith(threads: FakeThread[], count: number) {
  const pending = Array.from({ length: count }, (_, n) => passage(`k${n}`, n));
  const vectors = new Map<string, Uint8Array>();
  const queue = [...threads];
  const done = embedAll(pending, {
    model: MODEL,
    threads: threads.length,
    onVector: (key, vector) => vectors.set(key, vector),
    startWorker: () => queue.shift()!.asWorker,
  });
  return { done, vectors };
}

afterEach(() => vi.unstubAllEnvs());

describe('embedding', () => {
  it('gives every text its own vector and ends all threads', async () => {
    const threads = [new FakeThread(), new FakeThread(), new FakeThread()];
    const { done, vectors } = embedWith(threads, 200);
    await done;
    expect([...vectors].every(([key, [length]]) => key === `k${length}`)).toBe(true);
    expect(vectors.size).toBe(200);
    expect(threads.every(({ requests }) => requests.length > 0)).toBe(true);
    expect(threads.every((thread) => thread.terminated)).toBe(true);
  });

  it('stops with the error of a thread and ends the others', async () => {
    const threads = [
      new FakeThread(),
      new FakeThread((t) => t.emit('error', new Error('bad model'))),
    ];
    await expect(embedWith(threads, 200).done).rejects.toThrow('bad model');
    expect(threads.every((thread) => thread.terminated)).toBe(true);
  });

  it('says what to do when a thread ends early', async () => {
    const threads = [new FakeThread((thread) => thread.emit('exit', 1))];
    await expect(embedWith(threads, 2).done).rejects.toThrow('Lower the option `threads`');
  });
});

describe('batches', () => {
  it('hold texts of like length and one role, the longest first, up to a size', () => {
    const queries = Array.from({ length: 50 }, (_, n) => ({
      ...passage(`q${n}`, 20 + n),
      role: 'query' as const,
    }));
    const passages = Array.from({ length: 50 }, (_, n) => passage(`p${n}`, 10 * n));
    const batches = batchesOf([...queries, ...passages]);
    const characters = batches.map(({ texts }) => texts.join('').length);
    expect(Math.max(...characters)).toBeLessThanOrEqual(BATCH_CHARACTERS);
    expect(batches.flatMap(({ keys }) => keys).sort()).toEqual(
      [...queries, ...passages].map(({ key }) => key).sort(),
    );
    for (const { role, keys } of batches) {
      expect(keys.every((key) => key.startsWith(role[0]!))).toBe(true);
    }
    const lengths = batches
      .filter(({ role }) => role === 'passage')
      .flatMap(({ texts }) => texts.map((text) => text.length));
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect(batches.length).toBeLessThan(8);
  });

  it('take a text that is longer than any batch, and texts without a character', () => {
    const texts = [passage('empty', 0), passage('long', BATCH_CHARACTERS + 1)];
    expect(batchesOf(texts).map(({ keys }) => keys)).toEqual([['long'], ['empty']]);
    expect(batchesOf([])).toEqual([]);
  });
});

describe('the cache', () => {
  const CACHE = {
    vectors: new Map([['key', new Uint8Array([7, 8])]]),
    table: { key: 'k', bytes: new Uint8Array([9]) },
  };

  it('gives back what it was given', async () => {
    const path = cachePath(await folderWith({}), MODEL, 'en');
    await writeCache(path, CACHE);
    expect(await readCache(path)).toEqual(CACHE);
  });

  it('is empty when its file is missing, cut short or changed', async () => {
    const path = cachePath(await folderWith({}), MODEL, 'en');
    expect((await readCache(path)).vectors.size).toBe(0);
    await writeCache(path, CACHE);
    const bytes = await readFile(path);
    for (const length of [0, 10, 32, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, length));
      expect((await readCache(path)).vectors.size).toBe(0);
    }
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    expect((await readCache(path)).vectors.size).toBe(0);
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const folder = await folderWith({ 'taken/x': '' });
    await expect(writeCache(join(folder, 'taken'), CACHE)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('has another file for another model or locale', () => {
    const paths = [
      cachePath('', MODEL, 'en'),
      cachePath('', MODEL, 'fr'),
      cachePath('', new Uint8Array([4]), 'en'),
    ];
    expect(new Set(paths).size).toBe(3);
  });
});

describe('the model', () => {
  it('is named by the option, then the environment, then found in the caches', async () => {
    const user = await folderWith({ 'lectern/all-MiniLM-L6-v2.lectern': 'u' });
    vi.stubEnv('XDG_CACHE_HOME', user);
    const cached = join(cacheFolder('.'), 'm.lectern');
    const site = await folderWith({ 'option.bin': 'o', 'env.bin': 'e', [cached]: 'c' });
    const read = async (option?: string) => Buffer.from(await readModel(site, option)).toString();
    vi.stubEnv('LECTERN_MODEL', '');
    expect(Buffer.from(await readModel(user, undefined)).toString()).toBe('u');
    expect(await read()).toBe('c');
    vi.stubEnv('LECTERN_MODEL', join(site, 'env.bin'));
    expect(await read()).toBe('e');
    expect(await read('option.bin')).toBe('o');
  });

  it('is missing with a message that says how to get it', async () => {
    vi.stubEnv('LECTERN_MODEL', '');
    const site = await folderWith({});
    vi.stubEnv('XDG_CACHE_HOME', site);
    await expect(readModel(site, undefined)).rejects.toThrow('npx lectern model fetch');
    await expect(readModel(site, 'absent.lectern')).rejects.toThrow('absent.lectern');
  });
});

describe('writing the index', () => {
  it('replaces an older one as a whole', async () => {
    const outDir = await folderWith({ 'lectern/old.bin': 'x' });
    await writeIndex(outDir, 'lectern', [{ name: 'new.bin', bytes: MODEL }]);
    expect(await readdir(outDir)).toEqual(['lectern']);
    expect(await readdir(join(outDir, 'lectern'))).toEqual(['new.bin']);
  });

  it('leaves the older one and no traces when a file cannot be written', async () => {
    const outDir = await folderWith({ 'lectern/old.bin': 'x' });
    const files = [{ name: 'no/such/folder', bytes: MODEL }];
    await expect(writeIndex(outDir, 'lectern', files)).rejects.toThrow();
    expect(await readdir(outDir)).toEqual(['lectern']);
    expect(await readdir(join(outDir, 'lectern'))).toEqual(['old.bin']);
  });
});
