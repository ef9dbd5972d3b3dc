import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where a site keeps what need not be made again; `docusaurus clear` leaves it alone. */
export function cacheFolder(siteDir: string): string {
  return join(siteDir, 'node_modules/.cache/lectern');
}

/** Reads the model that the option names, else `LECTERN_MODEL`, else the one in the site's cache. */
export async function readModel(siteDir: string, option: string | undefined): Promise<Uint8Array> {
  const path = option ?? (process.env.LECTERN_MODEL || (await cachedModel(cacheFolder(siteDir))));
  try {
    return await readFile(resolve(siteDir, path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new Error(`Lectern's model is missing: ${path}: ${why}. ${REMEDY}`, { cause });
  }
}

/** The first model file of a folder; where there is none, a pattern that says what was looked for. */
async function cachedModel(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const [model] = names.filter((name) => name.endsWith(MODEL_EXTENSION)).sort();
  return join(folder, model ?? `*${MODEL_EXTENSION}`);
}

const MODEL_EXTENSION = '.lectern';
const REMEDY =
  'Run `lectern model fetch`, then name the file it made with the option `model` or the variable ' +
  'LECTERN_MODEL, or copy it to that folder.';
