import type { Indexer, Pending } from '../wasm/node/lectern_node.js';
import { readCache, type Cache, type Vectors } from './cache.js';
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
export type Learning = Pick<Indexer, 'setVector' | 'tableKey' | 'setTable' | 'distil'>;

/**
 * Gives an indexer the vectors of its pending texts and the token table of the small encoder, each from the
 * cache where an earlier build has made it. Returns how many texts were embedded anew.
 */
export async function addMeaning(
  indexer: Learning,
  pending: readonly Pending[],
  options: MeaningOptions,
): Promise<number> {
  const { cachePath, keepEvery = 30_000, progress } = options;
  const known = await readCache(cachePath);
  const cache: Cache = { vectors: only(pending, known.vectors), table: known.table };
  const missing = pending.filter(({ key }) => !cache.vectors.has(key));
  const keeper = new Keeper(cachePath, cache, keepEvery);
  try {
    await embedAll(missing, {
      ...options,
      onVector: (key, vector) => {
        cache.vectors.set(key, vector);
        keeper.touch();
        progress.show(`embedding: ${cache.vectors.size} of ${pending.length} texts`);
      },
    });
    // Training blocks this thread, so what comes before it is kept now.
    await keeper.keep();
    for (const [key, vector] of cache.vectors) indexer.setVector(key, vector);
    if (addTable(indexer, cache, progress)) keeper.touch();
  } finally {
    await keeper.end();
  }
  return missing.length;
}

/** Takes the table of an earlier build where all it is made from is the same; true when it is a new one. */
function addTable(indexer: Learning, cache: Cache, progress: Progress): boolean {
  const key = indexer.tableKey();
  if (cache.table?.key === key) {
    indexer.setTable(cache.table.bytes);
    return false;
  }
  const bytes = indexer.distil((share) =>
    progress.show(`training the small encoder: ${Math.round(100 * share)} %`),
  );
  cache.table = { key, bytes };
  return true;
}

function only(pending: readonly Pending[], vectors: Vectors): Vectors {
  const wanted = new Set(pending.map(({ key }) => key));
  return new Map([...vectors].filter(([key]) => wanted.has(key)));
}
