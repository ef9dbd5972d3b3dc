import type { LecternState, SearchOptions, SearchResponse } from '../client/index.js';
import type { Quote, Quoted, Scope } from './turn.js';

/** A passage as the engine gives it. */
export interface Passage {
  passage: number;
  url: string;
  title: string;
  headings: string[];
  text: string;
}

/** What answering needs of a client of the book. */
export interface Book {
  readonly state: LecternState;
  search(query: string, options?: SearchOptions): Promise<SearchResponse>;
  answer(
    question: string,
    scope?: { page?: string; text?: string },
  ): Promise<{ quotes: Quote[]; sources: Passage[] }>;
  passages(ids: number[]): Promise<Passage[]>;
}

/** Passages that an answer begins with: as many as the relay would choose. */
const CHOSEN = 8;

/** Milliseconds that a search of the reader's browser may take before the relay searches instead. */
const PATIENCE = 1_000;

/** The best sentences on a question. */
export async function quote(book: Book, question: string, scope: Scope): Promise<Quoted> {
  const { quotes, sources } = await book.answer(question, within(scope));
  return { quotes, sources: sources.map((source, index) => ({ ...source, number: index + 1 })) };
}

/** Numbers of the passages that the browser's own search finds, and the book they are of. */
export interface Found {
  passages: number[];
  book: string;
}

/** What the browser's own search finds, where it searches by meaning already and is quick. */
export async function find(book: Book, question: string): Promise<Found | undefined> {
  const { stage, info } = book.state;
  if (stage !== 'meaning' || !info) return undefined;
  const tooLate = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const response = await Promise.race([
    book.search(question, { limit: CHOSEN }).catch(() => undefined),
    tooLate,
  ]);
  const hits = response?.pages.flatMap((page) => page.hits) ?? [];
  if (hits.length === 0 || book.state.info?.hash !== info.hash) return undefined;
  const best = [...hits].sort((a, b) => b.score - a.score).slice(0, CHOSEN);
  return { passages: best.map(({ passage }) => passage), book: info.hash };
}

function within(scope: Scope): { page?: string; text?: string } | undefined {
  switch (scope.kind) {
    case 'book':
      return undefined;
    case 'page':
      return { page: scope.page };
    case 'selection':
      return { page: scope.page, text: scope.text };
  }
}
