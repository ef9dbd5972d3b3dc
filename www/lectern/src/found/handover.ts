import { placeOf } from './place.js';
import type { Passage } from './found.js';

const KEY = 'lectern.found';

/** How long a page may take to open before the passage for it is forgotten. */
const LIFETIME_MS = 60_000;

/**
 * Leaves a passage to the page that is about to be loaded, in this tab or another one. It travels in the
 * browser's storage, so neither the address nor a server's log shows what was looked for.
 */
export function handOver({ url, text }: Passage): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ place: placeOf(url), text, at: Date.now() }));
  } catch {
    // Without storage the page opens at the anchor alone.
  }
}

/** The passage that was left to this page, once. */
export function takeOver(): Passage | undefined {
  try {
    const { place, text, at } = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (place !== placeOf(location.href) || typeof text !== 'string') return undefined;
    localStorage.removeItem(KEY);
    return Date.now() - at < LIFETIME_MS ? { url: location.href, text } : undefined;
  } catch {
    return undefined;
  }
}
