import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { createMatcher } from '@docusaurus/utils';
import type { I18n } from '@docusaurus/types';

/** The folder of the index, in the built site. */
export const INDEX_FOLDER = 'lectern';

/** What to leave out of an index. */
export interface Exclusions {
  /** Folders directly below the built site. */
  folders: string[];
  /** Globs over paths relative to the built site. */
  globs: string[];
}

/**
 * The HTML files of a built site, relative to it, with `/`, in an order that never changes. Hidden folders are left
 * out, as `lectern index` leaves them out: both write the same index.
 */
export async function findPages(outDir: string, { folders, globs }: Exclusions): Promise<string[]> {
  const ignored = createMatcher(globs);
  const excluded = new Set(folders);
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.html'))
    .map((entry) => relative(outDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !excluded.has(topFolder(file)) && !inHiddenFolder(file) && !ignored(file))
    .sort();
}

/** The folders that other locales are built into, when this one is the site's root. */
export function otherLocales({
  currentLocale,
  defaultLocale,
  locales,
  localeConfigs,
}: I18n): string[] {
  if (currentLocale !== defaultLocale) return [];
  return locales
    .filter((locale) => locale !== currentLocale)
    .map((locale) => localeConfigs[locale]?.path ?? locale);
}

function inHiddenFolder(file: string): boolean {
  return file
    .split('/')
    .slice(0, -1)
    .some((folder) => folder.startsWith('.'));
}

function topFolder(file: string): string {
  const end = file.indexOf('/');
  return end < 0 ? '' : file.slice(0, end);
}
