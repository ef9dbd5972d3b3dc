import type { Loaded } from '../src/client/protocol.js';
import type { BookInfo, Encoder, SearchResponse } from '../src/wasm/browser/lectern_browser.js';

/** A book with an index for every encoder. */
export const INFO: BookInfo = {
  title: 'A book',
  lang: 'en',
  pages: 3,
  passages: 12,
  model: 'a-model',
  hash: 'ab',
  generator: 'lectern',
  encoders: ['small', 'full'],
  bytes: { small: 1_300_000, full: 7_900_000 },
};

/** What loading an encoder comes to. */
export function loaded(encoder: Encoder, bytes = INFO.bytes): Loaded {
  return { encoder, info: { ...INFO, bytes } };
}

/** An answer that an encoder has given, of a page without hits. */
export function answerTo(query: string, encoder: Encoder = 'small'): SearchResponse {
  const mode = encoder === 'none' ? 'words' : 'hybrid';
  const pages = [{ url: 'gait/', title: 'Gait', hits: [] }];
  return { query, mode, encoder, pages, corrections: [], relaxed: false, lost: 0 };
}
