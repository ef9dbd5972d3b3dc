//! The TypeScript types of what crosses the border.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Which encoder turns a query into a vector. */
export type Encoder = "none" | "small" | "full" | "relay";

/** How a query is answered; `auto` is the best that is loaded. */
export type SearchMode = "auto" | "words" | "meaning" | "hybrid";

export interface SearchOptions {
  /** Most hits returned; 20 unless told. */
  limit?: number;
  mode?: SearchMode;
  /** Whether hits say how their score came about. */
  explain?: boolean;
  /**
   * Search in these folders and pages alone, by their addresses below the site's base URL: `docs/ros2`
   * holds the page of that name and all below, `docs/ros2#` the page alone. Everywhere where there are none.
   * `!docs/next` is left out: of the places that hold a page the longest decides, and what none holds is
   * searched where the first of them is one that is left out. So `['!docs', 'docs/1.0']` is all of the site
   * but for `docs`, of which it is `docs/1.0` alone.
   */
  within?: string[];
}

export interface SearchResponse {
  /** The query as it was given. */
  query: string;
  /** How it was answered. */
  mode: Exclude<SearchMode, "auto">;
  /** The encoder that read the query by meaning; `none` when words alone answered. */
  encoder: Encoder;
  /** Hits by page, the page with the best hit first. */
  pages: PageHits[];
  /** Words that are not in the book, with the ones that were searched for instead. */
  corrections: Correction[];
  /** The query as the reader may have meant to type it, where words of it were corrected. */
  suggestion?: string;
  /** Whether no passage has the phrases or sections asked for, so that this is what there is without them. */
  relaxed: boolean;
  /** Files of the index that could not be had; the answer does without them. */
  lost: number;
}

export interface PageHits {
  /** Address below the site's base URL, without a leading slash. */
  url: string;
  title: string;
  /** Best first. */
  hits: Hit[];
}

export interface Hit {
  /** Number of the passage in the book. */
  passage: number;
  /** Address of the passage below the site's base URL, with its anchor. */
  url: string;
  /** Headings above the passage, from the page's second level down. */
  headings: string[];
  /** 1 is best by words and by meaning; titles and priors may add to it. */
  score: number;
  snippet: Snippet;
  /** Addresses of passages that say nearly the same and are not shown. */
  duplicates: string[];
  explain?: Explain;
}

export interface Snippet {
  text: string;
  /** Ranges of `text` to highlight, in UTF-16 units, ascending. */
  highlights: [start: number, end: number][];
  /** Whether the text is code; its line breaks count then. */
  code: boolean;
}

export interface Correction {
  from: string;
  to: string;
}

/** How a score came about: `prior * (words + meaning + title) + named`; the terms add up to `bm25`. */
export interface Explain {
  words: number;
  meaning: number;
  /** For a title with every word of the query. */
  title: number;
  /** For a title, or the end of an address, that the query is. */
  named: number;
  /** What the author of the site gives the page. */
  prior: number;
  bm25: number;
  cosine: number;
  terms: TermScore[];
}

export interface TermScore {
  term: string;
  kind: "exact" | "prefix" | "pair" | { fuzzy: { distance: number } };
  idf: number;
  tf: number;
  score: number;
}

/** Words of a passage that answer a question. */
export interface Quote {
  /** Which of the passages it is from, counted from 1. */
  number: number;
  /** The words, as they stand there. */
  text: string;
  /** Whether they are code; line breaks count then. */
  code: boolean;
}

export interface PassageText {
  /** Number of the passage in the book. */
  passage: number;
  /** Address of the passage below the site's base URL, with its anchor. */
  url: string;
  /** Title of its page. */
  title: string;
  /** Headings above it, from the page's second level down. */
  headings: string[];
  text: string;
}

export interface PageInBook {
  /** Its passages, in reading order. */
  passages: number[];
  /** Those under the headings that say best what can be asked of the page, the best first. */
  starters: number[];
}

export interface BookInfo {
  title: string;
  lang: string;
  pages: number;
  passages: number;
  model: string;
  /** Two shelves with the same hash hold the same book. */
  hash: string;
  /** Version of Lectern that wrote the shelf. */
  generator: string;
  /** The encoders this index has files for. */
  encoders: Encoder[];
  /** Bytes on the wire still to fetch for each encoder. */
  bytes: Partial<Record<Encoder, number>>;
}

/** `code` of the errors that are thrown. A relay that refuses may give another one of its own. */
export type ErrorCode =
  | "shelf-missing"
  | "shelf-truncated"
  | "shelf-version"
  | "shelf-checksum"
  | "shelf-corrupt"
  | "shelf-mixed"
  | "shelf-changed"
  | "query-empty"
  | "query-long"
  | "meaning-not-loaded"
  | "encoder-missing"
  | "relay"
  | "model"
  | "network"
  | "argument";
"#;
