import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the index. */
export interface IndexFile {
  name: string;
  bytes: Uint8Array;
}

/** Puts all files into `outDir/folder` at once, so that a half-written index is never served. */
export async function writeIndex(
  outDir: string,
  folder: string,
  files: readonly IndexFile[],
): Promise<void> {
  const temporary = join(outDir, `.${folder}-${process.pid}`);
  try {
    await mkdir(temporary);
    await Promise.all(files.map(({ name, bytes }) => writeFile(join(temporary, name), bytes)));
    await rm(join(outDir, folder), { recursive: true, force: true });
    await rename(temporary, join(outDir, folder));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
