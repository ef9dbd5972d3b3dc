import { EventEmitter } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { embedAll } from '../src/docusaurus/embed.js';
import { cacheFolder, readModel } from '../src/model/locate.js';
import { readVectors, vectorCachePath, writeVectors } from '../src/docusaurus/vectorCache.js';
import { writeIndex } from '../src/docusaurus/writeIndex.js';
import { folderWith } from './folders.js';

const MODEL = new Uint8Array([1, 2, 3]);

/** Answers a text with its length, or as `behave` says. */
class FakeThread extends EventEmitter {
  terminated = false;

  constructor(private readonly behave?: (thread: FakeThread) => void) {
    super();
  }

  postMessage(text: string): void {
    const answer = () => this.emit('message', new Uint8Array([text.length]));
    setImmediate(() => (this.behave ? this.behave(this) : answer()));
  }

  async terminate(): Promise<number> {
    this.terminated = true;
    return 0;
  }
}

function embedWith(threads: FakeThread[], count: number) {
  const pending = Array.from({ length: count }, (_, n) => ({ key: `k${n}`, text: 'x'.repeat(n) }));
  const vectors = new Map<string, Uint8Array>();
  const queue = [...threads];
  const done = embedAll(pending, {
    model: MODEL,
    threads: threads.length,
    onVector: (key, vector) => vectors.set(key, vector),
    startWorker: () => queue.shift() as unknown as Worker,
  });
  return { done, vectors };
}

afterEach(() => vi.unstubAllEnvs());

describe('embedding', () => {
  it('gives every text its own vector and ends all threads', async () => {
    const threads = [new FakeThread(), new FakeThread(), new FakeThread()];
    const { done, vectors } = embedWith(threads, 40);
    await done;
    expect([...vectors].every(([key, [length]]) => key === `k${length}`)).toBe(true);
    expect(vectors.size).toBe(40);
    expect(threads.every((thread) => thread.terminated)).toBe(true);
  });

  it('stops with the error of a thread and ends the others', async () => {
    const threads = [
      new FakeThread(),
      new FakeThread((t) => t.emit('error', new Error('bad model'))),
    ];
    await expect(embedWith(threads, 9).done).rejects.toThrow('bad model');
    expect(threads.every((thread) => thread.terminated)).toBe(true);
  });

  it('says what to do when a thread ends early', async () => {
    const threads = [new FakeThread((thread) => thread.emit('exit', 1))];
    await expect(embedWith(threads, 2).done).rejects.toThrow('Lower the option `threads`');
  });
});

describe('the cache of vectors', () => {
  it('gives back what it was given', async () => {
    const path = vectorCachePath(await folderWith({}), MODEL, 'en');
    await writeVectors(path, new Map([['key', new Uint8Array([7, 8])]]));
    expect((await readVectors(path)).get('key')).toEqual(new Uint8Array([7, 8]));
  });

  it('is empty when its file is missing, cut short or changed', async () => {
    const path = vectorCachePath(await folderWith({}), MODEL, 'en');
    expect((await readVectors(path)).size).toBe(0);
    await writeVectors(path, new Map([['key', new Uint8Array([7, 8])]]));
    const bytes = await readFile(path);
    for (const length of [0, 10, 32, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, length));
      expect((await readVectors(path)).size).toBe(0);
    }
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    expect((await readVectors(path)).size).toBe(0);
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const folder = await folderWith({ 'taken/x': '' });
    await expect(writeVectors(join(folder, 'taken'), new Map())).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('has another file for another model or locale', () => {
    const paths = [
      vectorCachePath('', MODEL, 'en'),
      vectorCachePath('', MODEL, 'fr'),
      vectorCachePath('', new Uint8Array([4]), 'en'),
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
