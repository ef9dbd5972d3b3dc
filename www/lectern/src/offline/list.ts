/** What an offline copy of a site consists of, as the build writes it and browsers read it. */

/** Version of the files that the build writes. */
export const FORMAT = 1;

/** File that names the newest list, below the site's base URL. It is never kept. */
export const NOTICE_FILE = 'lectern/offline.json';

/** Page that stands in for those that are not kept. */
export const OFFLINE_PAGE = 'offline';

/** What can be kept: what search and the panel need, all pages, and the encoder that searches more precisely. */
export type Part = 'search' | 'pages' | 'precise';

/** All parts. */
export const PARTS: readonly Part[] = ['search', 'pages', 'precise'];

/** A file: its path below the base URL, its bytes, and the first 16 bytes of its SHA-256 in hexadecimal. */
export type ListedFile = readonly [path: string, bytes: number, hash: string];

/** All files of a deployment that a copy may have. */
export interface OfflineList {
  format: number;
  /** Paths below the base URL that belong to others: other locales, the relay. */
  others: string[];
  files: Record<Part, ListedFile[]>;
}

/** The newest list and the size of its parts. */
export interface Notice {
  format: number;
  /** Name of the list beside this file: it has the hash of its content. */
  list: string;
  sizes: Sizes;
  /** False where the copy is part of the site's own service worker. */
  ownWorker: boolean;
}

/** Bytes and number of files of each part. */
export type Sizes = Record<Part, { bytes: number; files: number }>;

/** What a reader wants to have beside search. */
export interface Choice {
  pages: boolean;
  precise: boolean;
}

/** The parts that a choice takes. */
export function partsOf({ pages, precise }: Choice): Part[] {
  return ['search', ...(pages ? ['pages' as const] : []), ...(precise ? ['precise' as const] : [])];
}

/** The files that a choice takes. */
export function filesOf({ files }: OfflineList, choice: Choice): ListedFile[] {
  return partsOf(choice).flatMap((part) => files[part]);
}

/** Bytes of all of `files`. */
export function bytesOf(files: readonly ListedFile[]): number {
  return files.reduce((sum, [, bytes]) => sum + bytes, 0);
}
