import type { Indexer, Pending } from '../wasm/node/lectern_node.js';
import { readCache, vectorsOfOthers, type Cache, type Vectors } from './cache.js';
import { embedAll, type EmbedOptions } from './embed.js';
import { Keeper } from './keeper.js';
import type { Progress } from './progress.js';

/** What search by meaning is made with. */
export interface MeaningOptions extends Pick<EmbedOptions, 'model' | 'threads' | 'startWorker'> {
  /** File of the cache, which is used and kept up to date. */
  cachePath: string;
  /** Milliseconds from one writing of the cache to the next; half a minute unless told. */
  keepEvery?: number;
  progress: Progress;
}

/** What the indexer is asked. */
export type Learning = Pick<Indexer, 'pending' | 'setVector' | 'tableKey' | 'setTable' | 'distil'>;

/**
 * Gives an indexer the vectors of its pending texts and the token table of the small encoder, each from the
 * cache where an earlier build has made it. Returns how many texts were embedded anew.
 */
export async function addMeaning(indexer: Learning, options: MeaningOptions): Promise<number> {
  const { cachePath, keepEvery = 30_000, progress } = options;
  const known = await readCache(cachePath);
  const key = indexer.tableKey();
  // With its table, the indexer asks for no vectors of questions.
  const table = known.table?.key === key ? known.table : undefined;
  if (table) indexer.setTable(table.bytes);
  const pending = indexer.pending();
  // A book without text, which the indexer itself refuses.
  if (pending.length === 0) return 0;
  // Those of questions are kept all the same: when the book changes, most are asked again.
  const cache: Cache = table
    ? known
    : { vectors: only(pending, known.vectors), table: known.table };
  await takeOver(cache, pending, cachePath);
  const missing = pending.filter(({ key }) => !cache.vectors.has(key));
  const keeper = new Keeper(cachePath, cache, keepEvery);
  let embedded = pending.length - missing.length;
  try {
    await embedAll(missing, {
      ...options,
      onVector: (key, vector) => {
        cache.vectors.set(key, vector);
        keeper.touch();
        progress.show(`embedding: ${++embedded} of ${pending.length} texts`);
      },
    });
    for (const { key } of pending) indexer.setVector(key, cache.vectors.get(key)!);
    if (!table && key !== undefined) {
      // Training blocks this thread, so what comes before it is kept now.
      await keeper.keep();
      cache.table = { key, bytes: distil(indexer, progress) };
      keeper.touch();
    }
  } finally {
    await keeper.end();
  }
  return missing.length;
}

/** Fills a cache with what others have of the texts that it lacks. */
async function takeOver(
  { vectors }: Cache,
  pending: readonly Pending[],
  path: string,
): Promise<void> {
  const missing = pending.filter(({ key }) => !vectors.has(key));
  if (missing.length === 0) return;
  const others = await vectorsOfOthers(path);
  for (const { key } of missing) {
    const vector = others.get(key);
    if (vector) vectors.set(key, vector);
  }
}

function distil(indexer: Learning, progress: Progress): Uint8Array {
  return indexer.distil((share) =>
    progress.show(`training the small encoder: ${Math.round(100 * share)} %`),
  );
}

function only(pending: readonly Pending[], vectors: Vectors): Vectors {
  const wanted = new Set(pending.map(({ key }) => key));
  return new Map([...vectors].filter(([key]) => wanted.has(key)));
}
