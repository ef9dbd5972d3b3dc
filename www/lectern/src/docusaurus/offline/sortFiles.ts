import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ListedFile, Part } from '../../offline/list.js';
import { INDEX_FOLDER } from '../pages.js';
import { hashOf } from './hash.js';
import { namedFiles } from './namedFiles.js';

/** A built site. */
export interface CopyOptions {
  outDir: string;
  baseUrl: string;
  /** Paths below the base URL that belong to others: other locales, the relay. */
  others: string[];
  /** Scripts that search and the panel consist of; undefined when all may. */
  searchScripts?: ReadonlySet<string>;
  /** Pages that a copy without pages has: those that search is at hand on. */
  searchPages: string[];
  /** File name of the engine for the site's language. */
  engine: string;
  /** True when readers begin with the full encoder. */
  withFullEncoder: boolean;
}

/** The files of a built site that an offline copy may have, by the part that they belong to. */
export async function sortFiles(options: CopyOptions): Promise<Record<Part, ListedFile[]>> {
  const files: Record<Part, ListedFile[]> = { search: [], pages: [], precise: [] };
  const { outDir, others } = options;
  const paths = (await filesBelow(outDir)).filter(
    (path) => !others.some((o) => path.startsWith(o)),
  );
  const named = await namedFiles(paths, options);
  const modern = new Set(paths.filter((path) => path.endsWith('.woff2')).map(fontName));
  for (const path of paths) {
    const isOldFont = OLD_FONT.test(path) && modern.has(fontName(path));
    const part = isOldFont ? undefined : partOf(path, named, options);
    if (part) files[part].push(await listed(outDir, path));
  }
  return files;
}

/** The part that a file belongs to; undefined for what a copy never has. */
function partOf(
  path: string,
  named: ReadonlySet<string>,
  { searchScripts, searchPages, engine, withFullEncoder }: CopyOptions,
): Part | undefined {
  if (NEVER.test(path)) return undefined;
  if (path.startsWith(`${INDEX_FOLDER}/`)) {
    return FULL_ENCODER.test(path) && !withFullEncoder ? 'precise' : 'search';
  }
  if (ENGINE.test(path)) return path.includes(`/${engine}.`) ? 'search' : undefined;
  if (path.endsWith('.css') || searchPages.includes(pageOf(path))) return 'search';
  if (path.startsWith('assets/js/')) {
    return !searchScripts || searchScripts.has(path) ? 'search' : 'pages';
  }
  return path.endsWith('.html') || path.startsWith('assets/') || named.has(path)
    ? 'pages'
    : undefined;
}

/** All files, with `/`, in an order that never changes; hidden ones are left out. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((name) => name.startsWith('.')))
    .sort();
}

async function listed(outDir: string, path: string): Promise<ListedFile> {
  const bytes = await readFile(join(outDir, path));
  return [path, bytes.length, hashOf(bytes)];
}

/** The path that an HTML file is the page of. */
function pageOf(path: string): string {
  return path.replace(/(\/index)?\.html$/, '');
}

/** What a font is called, whatever the format and the hash of its content. */
function fontName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/(-[0-9a-f]{16,})?\.\w+$/, '');
}

/** Maps of sources, and what is played from the network in pieces. */
const NEVER = /\.(map|mp4|m4v|webm|mov|mp3|m4a|ogg|wav|flac)$|^lectern\/offline\.|^lectern-sw\.js$/;

const FULL_ENCODER = new RegExp(`^${INDEX_FOLDER}/(vocabulary|core|layer|rows)\\.`);

const ENGINE = /^assets\/lectern\/.*\.wasm$/;

/** Fonts in formats that are older than service workers. */
const OLD_FONT = /\.(woff|ttf|eot|otf)$/;
