import { copyFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addMeaning, type Learning } from '../src/docusaurus/addMeaning.js';
import { cachePath, readCache } from '../src/docusaurus/cache.js';
import { Progress } from '../src/docusaurus/progress.js';
import type { Pending } from '../src/wasm/node/lectern_node.js';
import { FakeThread } from './fakeThread.js';
import { folderWith } from './folders.js';

const MODEL = new Uint8Array([1]);
const TABLE = new Uint8Array([5, 6]);
const PENDING: Pending[] = [
  { key: 'a', text: 'a text', role: 'passage' },
  { key: 'b', text: 'another text', role: 'passage' },
  { key: 'q', text: 'a question', role: 'query' },
];

/** An indexer of these texts; with a table it asks for no vectors of questions. */
class FakeIndexer implements Learning {
  readonly vectors = new Map<string, Uint8Array>();
  table?: Uint8Array;
  distilled = 0;

  constructor(private readonly texts = PENDING) {}

  pending(): Pending[] {
    return this.texts.filter(({ role }) => role === 'passage' || !this.table);
  }

  setVector(key: string, vector: Uint8Array): void {
    this.vectors.set(key, vector);
  }

  tableKey(): string {
    return this.texts.map(({ key }) => key).join();
  }

  setTable(bytes: Uint8Array): void {
    this.table = bytes;
  }

  distil(onProgress: (share: number) => void): Uint8Array {
    this.distilled += 1;
    onProgress(0.42);
    this.table = TABLE;
    return TABLE;
  }
}

describe('adding meaning to an index', () => {
  let path: string;
  const written: string[] = [];
  const progress = new Progress({
    isTTY: true,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream);

  beforeEach(async () => {
    path = cachePath(await folderWith({}), MODEL, 'en');
    written.length = 0;
  });
  afterEach(() => vi.restoreAllMocks());

  function add(indexer: FakeIndexer, { thread = new FakeThread(), keepEvery = 60_000 } = {}) {
    return addMeaning(indexer, {
      model: MODEL,
      threads: 1,
      startWorker: () => thread.asWorker,
      cachePath: path,
      keepEvery,
      progress,
    });
  }

  it('embeds every text in its role, then trains the small encoder, and shows how far it is', async () => {
    const indexer = new FakeIndexer();
    const thread = new FakeThread();
    expect(await add(indexer, { thread })).toBe(3);
    expect(thread.requests).toEqual([
      { role: 'passage', texts: ['another text', 'a text'] },
      { role: 'query', texts: ['a question'] },
    ]);
    expect(indexer.vectors.get('q')).toEqual(new Uint8Array(['a question'.length]));
    expect(indexer.table).toEqual(TABLE);
    expect(written.join()).toContain('embedding: 3 of 3 texts');
    expect(written.join()).toContain('training the small encoder: 42 %');
  });

  it('does nothing anew when nothing has changed', async () => {
    await add(new FakeIndexer());
    const again = new FakeIndexer();
    expect(await add(again)).toBe(0);
    expect(again).toMatchObject({ distilled: 0, table: TABLE });
    expect([...again.vectors.keys()]).toEqual(['a', 'b']);
  });

  it('keeps the vectors of questions for the next change, though a build with a table needs none', async () => {
    await add(new FakeIndexer());
    await add(new FakeIndexer());
    const changed = new FakeIndexer([...PENDING, { key: 'c', text: 'a third', role: 'passage' }]);
    expect(await add(changed)).toBe(1);
    expect(changed.vectors.size).toBe(4);
  });

  it('takes over what another locale has embedded by the same model, and nothing else of it', async () => {
    const folder = dirname(path);
    await add(new FakeIndexer());
    path = cachePath(folder, MODEL, 'ur');
    const thread = new FakeThread();
    const urdu = new FakeIndexer([...PENDING, { key: 'c', text: 'ایک متن', role: 'passage' }]);
    expect(await add(urdu, { thread })).toBe(1);
    expect(thread.requests).toEqual([{ role: 'passage', texts: ['ایک متن'] }]);
    expect(urdu.vectors.get('q')).toEqual(new Uint8Array(['a question'.length]));
    expect(urdu.distilled).toBe(1);
    expect((await readCache(path)).vectors.size).toBe(4);
    path = cachePath(folder, new Uint8Array([7]), 'fr');
    expect(await add(new FakeIndexer())).toBe(3);
  });

  it('leaves a book without text to the indexer', async () => {
    const empty = new FakeIndexer([]);
    expect(await add(empty)).toBe(0);
    expect(empty.distilled).toBe(0);
  });

  it('embeds what is new alone, forgets what is gone, and trains again', async () => {
    await add(new FakeIndexer());
    const indexer = new FakeIndexer([
      ...PENDING.slice(1),
      { key: 'c', text: 'a third text', role: 'passage' },
    ]);
    expect(await add(indexer)).toBe(1);
    expect(indexer.distilled).toBe(1);
    const { vectors, table } = await readCache(path);
    expect([...vectors.keys()].sort()).toEqual(['b', 'c', 'q']);
    expect(table?.key).toBe('b,q,c');
  });

  it('keeps vectors while it embeds, so that a build that is killed is not in vain', async () => {
    const thread = new FakeThread((thread) => {
      if (thread.requests.length === 1) thread.answer();
    });
    const adding = add(new FakeIndexer(), { thread, keepEvery: 5 });
    await vi.waitFor(async () => expect((await readCache(path)).vectors.size).toBe(2));
    thread.emit('error', new Error('killed'));
    await expect(adding).rejects.toThrow('killed');
  });

  it('keeps what it has when a thread fails', async () => {
    const thread = new FakeThread((thread) =>
      thread.requests.length === 1 ? thread.answer() : thread.emit('error', new Error('ended')),
    );
    await expect(add(new FakeIndexer(), { thread })).rejects.toThrow('ended');
    expect([...(await readCache(path)).vectors.keys()].sort()).toEqual(['a', 'b']);
  });

  it('has kept every vector before it trains, which blocks', async () => {
    const indexer = new FakeIndexer();
    vi.spyOn(indexer, 'distil').mockImplementation(() => {
      copyFileSync(path, `${path}.then`);
      return TABLE;
    });
    await add(indexer);
    const { vectors, table } = await readCache(`${path}.then`);
    expect(vectors.size).toBe(3);
    expect(table).toBeUndefined();
  });

  it('only warns when the cache cannot be written', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    path = `${await folderWith({ file: '' })}/file/below`;
    const indexer = new FakeIndexer();
    expect(await add(indexer)).toBe(3);
    expect(indexer.table).toEqual(TABLE);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('the next build embeds them again'));
  });
});
