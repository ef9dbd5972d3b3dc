import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** What another build need not compute again. */
export interface Cache {
  vectors: Vectors;
  /** The token table of the small encoder. */
  table?: Table;
}

/** Vectors by the key of the text they stand for. */
export type Vectors = Map<string, Uint8Array>;

/** A token table and the key of what it is made from. */
export interface Table {
  key: string;
  bytes: Uint8Array;
}

/** The file that holds a locale's cache. Another model gives other vectors, so it has another file. */
export function cachePath(folder: string, model: Uint8Array, locale: string): string {
  return join(folder, `meaning-${locale}-${sha256(model).toString('hex').slice(0, 16)}.bin`);
}

/**
 * The vectors that the caches of other locales with the same model have: what is not translated yet reads the same
 * in each.
 */
export async function vectorsOfOthers(path: string): Promise<Vectors> {
  const names = await readdir(dirname(path)).catch(() => []);
  const ending = basename(path).slice(-MODEL_AND_EXTENSION);
  const others = names.filter((name) => name.endsWith(ending) && name !== basename(path));
  const caches = await Promise.all(others.map((name) => readCache(join(dirname(path), name))));
  return new Map(caches.flatMap(({ vectors }) => [...vectors]));
}

/** The cache of an earlier build; empty when there was no such build or its file is damaged. */
export async function readCache(path: string): Promise<Cache> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const payload = bytes.subarray(DIGEST_LENGTH);
  if (!sha256(payload).equals(bytes.subarray(0, DIGEST_LENGTH))) return { vectors: new Map() };
  return deserialize(payload) as Cache;
}

/** Keeps what the cache holds now for the next build. */
export async function writeCache(path: string, cache: Cache): Promise<void> {
  const payload = serialize(cache);
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, Buffer.concat([sha256(payload), payload]));
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

const DIGEST_LENGTH = 32;
/** `-`, sixteen digits of the model's hash, `.bin`. */
const MODEL_AND_EXTENSION = 21;
