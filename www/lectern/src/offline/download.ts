import { fetchFile, type FetchOptions } from './fetchFile.js';
import { bytesOf, type ListedFile } from './list.js';
import { keyOf, type CopyStorage } from './storage.js';

/** How far a download has come. */
export interface Progress {
  /** Bytes that are here, of `total`. */
  loaded: number;
  total: number;
  /** Files that are here, of `allFiles`. */
  files: number;
  allFiles: number;
}

/** What a download needs. */
export interface DownloadOptions extends Omit<FetchOptions, 'onBytes'> {
  storage: CopyStorage;
  onProgress(progress: Progress): void;
}

/** Files fetched side by side. */
const WIDTH = 6;

/** Fetches the files that the storage lacks. Each is kept as it comes, so another download goes on from there. */
export async function download(
  files: readonly ListedFile[],
  { storage, onProgress, signal, ...options }: DownloadOptions,
): Promise<void> {
  const here = await storage.keys();
  const missing = missingOf(files, here);
  const progress = progressOf(files, missing);
  const failed = new AbortController();
  const stop = () => failed.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const report = () => {
    if (!failed.signal.aborted) onProgress({ ...progress });
  };
  const onBytes = (count: number) => {
    progress.loaded += count;
    report();
  };
  const queue = missing.values();
  const work = async () => {
    for (const file of queue) {
      signal.throwIfAborted();
      if (failed.signal.aborted) return;
      const response = await fetchFile(file, { ...options, signal: failed.signal, onBytes });
      await storage.put(keyOf(file), response);
      progress.files += 1;
      report();
    }
  };
  report();
  try {
    await Promise.all(Array.from({ length: WIDTH }, work));
  } finally {
    failed.abort();
    signal.removeEventListener('abort', stop);
  }
}

/** The files that are not here, each content once. */
export function missingOf(files: readonly ListedFile[], here: ReadonlySet<string>): ListedFile[] {
  const byKey = new Map(files.map((file) => [keyOf(file), file]));
  return [...byKey].filter(([key]) => !here.has(key)).map(([, file]) => file);
}

function progressOf(files: readonly ListedFile[], missing: readonly ListedFile[]): Progress {
  const all = missingOf(files, new Set());
  const total = bytesOf(all);
  return {
    loaded: total - bytesOf(missing),
    total,
    files: all.length - missing.length,
    allFiles: all.length,
  };
}
