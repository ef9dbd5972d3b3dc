import type { Choice } from './list.js';

/** What a reader has asked for, over visits. */
export interface Wish extends Choice {
  /** True while the reader wants no download. */
  paused: boolean;
}

/** What the reader has asked for, if anything, on the site at a base URL. */
export function readWish(base: string, storage: Storage): Wish | undefined {
  try {
    return JSON.parse(storage.getItem(keyOf(base)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Writes down what the reader asks for; undefined when it is no copy. */
export function writeWish(base: string, storage: Storage, wish: Wish | undefined): void {
  if (wish) storage.setItem(keyOf(base), JSON.stringify(wish));
  else storage.removeItem(keyOf(base));
}

function keyOf(base: string): string {
  return `lectern-offline:${base}`;
}
