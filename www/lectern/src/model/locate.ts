import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { DEFAULT_MODEL } from './known.js';

/** Where a site keeps what need not be made again; `docusaurus clear` leaves it alone. */
export function cacheFolder(siteDir: string): string {
  return join(siteDir, 'node_modules/.cache/lectern');
}

/** Where `lectern model fetch` puts the default model: the user's cache, as the XDG specification places it. */
export function fetchedModel(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  const cache = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(cache, 'lectern', `${DEFAULT_MODEL}${MODEL_EXTENSION}`);
}

/**
 * Reads the model that the option names, else `LECTERN_MODEL`, else the one in the site's cache, else the one that was
 * fetched for this user.
 */
export async function readModel(siteDir: string, option: string | undefined): Promise<Uint8Array> {
  const named = option ?? (process.env.LECTERN_MODEL || undefined);
  const path = named ?? (await cachedModel(cacheFolder(siteDir))) ?? fetchedModel();
  try {
    return await readFile(resolve(siteDir, path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new Error(`Lectern's model is missing: ${path}: ${why}. ${REMEDY}`, { cause });
  }
}

/** The first model file of a folder. */
async function cachedModel(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const [model] = names.filter((name) => name.endsWith(MODEL_EXTENSION)).sort();
  return model && join(folder, model);
}

const MODEL_EXTENSION = '.lectern';
const REMEDY =
  'Run `npx lectern model fetch` once, or name a model file with the option `model` or the variable LECTERN_MODEL.';
