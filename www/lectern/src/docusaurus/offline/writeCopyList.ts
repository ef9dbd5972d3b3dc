import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMAT, PARTS, bytesOf, type Notice, type OfflineList } from '../../offline/list.js';
import { INDEX_FOLDER } from '../pages.js';
import { hashOf } from './hash.js';
import { sortFiles, type CopyOptions } from './sortFiles.js';

/** A built site, and whether the copy is kept by a worker of Lectern's own or by the site's. */
export interface CopyJob extends CopyOptions {
  ownWorker: boolean;
}

/** Writes what an offline copy of a built site consists of, and the service worker that keeps it. */
export async function writeCopyList(job: CopyJob): Promise<void> {
  const { outDir, others, ownWorker } = job;
  const list: OfflineList = { format: FORMAT, others, files: await sortFiles(job) };
  const text = JSON.stringify(list);
  const name = `offline.${hashOf(Buffer.from(text)).slice(0, 16)}.json`;
  const notice: Notice = { format: FORMAT, list: name, sizes: sizesOf(list), ownWorker };
  await writeFile(join(outDir, INDEX_FOLDER, name), text);
  await writeFile(join(outDir, INDEX_FOLDER, 'offline.json'), JSON.stringify(notice));
  if (ownWorker) await copyFile(WORKER, join(outDir, 'lectern-sw.js'));
}

function sizesOf({ files }: OfflineList): Notice['sizes'] {
  const sizes = PARTS.map((part) => [
    part,
    { bytes: bytesOf(files[part]), files: files[part].length },
  ]);
  return Object.fromEntries(sizes);
}

/** The service worker, one script of its own. */
const WORKER = fileURLToPath(new URL('../../offline/lectern-sw.js', import.meta.url));
