import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embedAll } from './embed.js';
import { cacheFolder, readModel } from '../model/locate.js';
import type { PluginOptions } from './options.js';
import { findPages, INDEX_FOLDER, otherLocales } from './pages.js';
import { Progress } from './progress.js';
import type { IndexSummary } from '../wasm/node/lectern_node.js';
import { readVectors, vectorCachePath, writeVectors, type Vectors } from './vectorCache.js';
import { loadIndexer } from '../model/wasm.js';
import { writeIndex } from './writeIndex.js';
import type { I18n, LoadContext } from '@docusaurus/types';

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
  const { outDir, siteDir, i18n, options } = job;
  const progress = new Progress();
  const model = await readModel(siteDir, options.model);
  const indexer = new (loadIndexer().Indexer)(model, {
    title: job.title,
  });
  const pages = await pagesOf(job);
  for (const [index, file] of pages.entries()) {
    progress.show(`reading page ${index + 1} of ${pages.length}`);
    indexer.addPage(file, await readFile(join(outDir, file)));
  }

  const pending = indexer.pending();
  if (pending.length === 0) throw new Error(nothingToIndex(outDir));
  const cachePath = vectorCachePath(cacheFolder(siteDir), model, i18n.currentLocale);
  const known = await readVectors(cachePath);
  const vectors: Vectors = new Map(pending.flatMap(({ key }) => entry(known, key)));
  const missing = pending.filter(({ key }) => !vectors.has(key));
  await embedAll(missing, {
    model,
    threads: options.threads,
    onVector: (key, vector) => {
      vectors.set(key, vector);
      progress.show(`embedding: ${vectors.size} of ${pending.length} passages`);
    },
  });
  if (missing.length > 0) await keep(cachePath, vectors);

  for (const [key, vector] of vectors) indexer.setVector(key, vector);
  const { files, summary } = indexer.finish();
  await writeIndex(outDir, INDEX_FOLDER, files);
  progress.end(describe(summary, missing.length));
  for (const [file, warning] of summary.warnings) console.warn(`[lectern] ${file}: ${warning}`);
}

/** Keeps the vectors; where that fails, the index is none the worse and only the next build is slower. */
async function keep(cachePath: string, vectors: Vectors): Promise<void> {
  await writeVectors(cachePath, vectors).catch(({ message }: Error) =>
    console.warn(`[lectern] vectors are not kept, the next build embeds them again: ${message}`),
  );
}

async function pagesOf({ outDir, i18n, options }: IndexJob): Promise<string[]> {
  const folders = [INDEX_FOLDER, ...otherLocales(i18n)];
  const pages = await findPages(outDir, { folders, globs: options.ignore });
  if (pages.length === 0) throw new Error(nothingToIndex(outDir));
  return pages;
}

function entry(vectors: Vectors, key: string): [string, Uint8Array][] {
  const vector = vectors.get(key);
  return vector ? [[key, vector]] : [];
}

function describe({ pages, passages, bytes }: IndexSummary, embedded: number): string {
  const megabytes = (bytes / 1e6).toFixed(1);
  return `indexed ${pages} pages, ${passages} passages (${embedded} embedded anew), ${megabytes} MB`;
}

function nothingToIndex(outDir: string): string {
  return (
    `Lectern found no text to index in ${outDir}. Check that the site has pages and that the ` +
    'option `ignore` leaves some of them; remove the plugin where search is not wanted.'
  );
}
