import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** Vectors by the key of the text they stand for. */
export type Vectors = Map<string, Uint8Array>;

/** The file that holds a locale's vectors. Another model gives other vectors, so it has another file. */
export function vectorCachePath(folder: string, model: Uint8Array, locale: string): string {
  return join(folder, `vectors-${locale}-${sha256(model).toString('hex').slice(0, 16)}.bin`);
}

/** The vectors of an earlier build; none when there was no such build or its file is damaged. */
export async function readVectors(path: string): Promise<Vectors> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const payload = bytes.subarray(DIGEST_LENGTH);
  if (!sha256(payload).equals(bytes.subarray(0, DIGEST_LENGTH))) return new Map();
  return deserialize(payload) as Vectors;
}

/** Keeps the vectors for the next build. */
export async function writeVectors(path: string, vectors: Vectors): Promise<void> {
  const payload = serialize(vectors);
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
