import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { I18n, LoadContext } from '@docusaurus/types';
import { addMeaning } from './addMeaning.js';
import { cachePath } from './cache.js';
import { cacheFolder, readModel } from '../model/locate.js';
import { loadIndexer } from '../model/wasm.js';
import type { PluginOptions } from './options.js';
import { findPages, INDEX_FOLDER, otherLocales } from './pages.js';
import { Progress } from './progress.js';
import type { Indexer, IndexSummary } from '../wasm/node/lectern_node.js';
import { writeIndex } from './writeIndex.js';

/** A built site and how to index it. */
export interface IndexJob {
  outDir: string;
  siteDir: string;
  title: string;
  i18n: I18n;
  options: PluginOptions;
}

/** The job for a site that Docusaurus has built. */
export function indexJob(
  { siteDir, siteConfig, i18n }: LoadContext,
  outDir: string,
  options: PluginOptions,
): IndexJob {
  return { outDir, siteDir, title: options.indexTitle ?? siteConfig.title, i18n, options };
}

/** Indexes a built site: computes everything first, writes last. */
export async function buildIndex(job: IndexJob): Promise<void> {
  const { outDir, siteDir, title, options } = job;
  const progress = new Progress();
  const model = options.encoder === 'none' ? undefined : await readModel(siteDir, options.model);
  const { priors } = options;
  const indexer = new (loadIndexer().Indexer)(model, { title, encoders: model ? 'all' : 'none', priors });
  const pages = await pagesOf(job);
  for (const [index, file] of pages.entries()) {
    progress.show(`reading page ${index + 1} of ${pages.length}`);
    indexer.addPage(file, await readFile(join(outDir, file)));
  }
  const embedded = model && (await addMeaningOf(job, indexer, model, progress));
  const { files, summary } = indexer.finish();
  await writeIndex(outDir, INDEX_FOLDER, files);
  progress.end(describe(summary, embedded));
  for (const [file, warning] of summary.warnings) console.warn(`[lectern] ${file}: ${warning}`);
}

/** How many texts were embedded anew. */
async function addMeaningOf(
  { siteDir, i18n, options: { threads } }: IndexJob,
  indexer: Indexer,
  model: Uint8Array,
  progress: Progress,
): Promise<number> {
  const path = cachePath(cacheFolder(siteDir), model, i18n.currentLocale);
  return addMeaning(indexer, { model, threads, cachePath: path, progress });
}

async function pagesOf({ outDir, i18n, options }: IndexJob): Promise<string[]> {
  const folders = [INDEX_FOLDER, ...otherLocales(i18n)];
  const pages = await findPages(outDir, { folders, globs: options.ignore });
  if (pages.length === 0) throw new Error(nothingToIndex(outDir));
  return pages;
}

/** `embedded` is missing for an index of words alone. */
function describe({ pages, passages, bytes }: IndexSummary, embedded?: number): string {
  const meaning = embedded === undefined ? 'by words alone' : `${embedded} texts embedded anew`;
  const megabytes = (bytes / 1e6).toFixed(1);
  return `indexed ${pages} pages, ${passages} passages (${meaning}), ${megabytes} MB`;
}

function nothingToIndex(outDir: string): string {
  return (
    `Lectern found no text to index in ${outDir}. Check that the site has pages and that the ` +
    'option `ignore` leaves some of them; remove the plugin where search is not wanted.'
  );
}
