import type { Engine, SearchOptions, SearchResponse } from '../wasm/browser/lectern_browser.js';
import type { Answered, AnswerScope, Failure, Passages, Starters } from './protocol.js';
import { LecternError } from './errors.js';
import { fetchOnce, fetchRounds } from './rounds.js';

/** What questions to a book need of the engine. */
export type Asking = Pick<
  Engine,
  | 'isReady'
  | 'prepare'
  | 'preparePage'
  | 'preparePassages'
  | 'search'
  | 'answer'
  | 'passages'
  | 'page'
  | 'around'
  | 'retry'
>;

/** Passages that an answer is made of. */
const SOURCES = 8;

/** Characters of a selection that are searched for. */
const LONGEST_EXCERPT = 300;

/**
 * Answers a question by quotations of the passages that a search finds, or of those around a selected text.
 * What cannot be fetched is done without; when there are no passages then, the reason is thrown.
 */
export async function ask(
  engine: Asking,
  question: string,
  { page, text }: AnswerScope = {},
): Promise<Answered> {
  engine.retry();
  const asked = new Asked(engine, page);
  const selected = text?.trim() ? await asked.around(text) : [];
  const passages = selected.length > 0 ? selected : await asked.find(question, text);
  const quotes = await asked.quote(question, passages);
  // Of a selection there is something to say, though the question may not name it: "explain this".
  const isNamed = quotes.length > 0 || selected.length === 0;
  const all = isNamed ? quotes : await asked.quote(excerpt(text!), passages);
  const { failure } = asked;
  if (failure && passages.length === 0) throw new LecternError(failure.code, failure.message);
  return { answer: { quotes: all, sources: engine.passages(passages) }, failure };
}

/** The passages of these numbers, but for those that cannot be had or that the book does not have. */
export async function passagesOf(engine: Asking, numbers: number[]): Promise<Passages> {
  engine.retry();
  const failure = await fetchOnce(() => engine.preparePassages(numbers));
  return { passages: engine.passages(numbers), failure };
}

/** The headings that say best what can be asked of a page, the best first; none of a page that the book lacks. */
export async function startersOf(engine: Asking, page: string): Promise<Starters> {
  engine.retry();
  const failure = await fetchOnce(() => engine.preparePage(page));
  const numbers = engine.page(page)?.starters ?? [];
  const { passages, failure: other } = await passagesOf(engine, numbers);
  const starters = passages.flatMap(({ headings }) => headings.slice(-1));
  return { starters, failure: failure ?? other };
}

/** One question, and what could not be had for it. */
class Asked {
  failure?: Failure;
  private readonly options: SearchOptions;

  constructor(
    private readonly engine: Asking,
    private readonly page?: string,
  ) {
    const within = page === undefined ? [] : [`${page.replace(/[?#].*/, '')}#`];
    this.options = { limit: SOURCES, within };
  }

  /** The passages of the page that hold a selected text, and their neighbours. */
  async around(text: string): Promise<number[]> {
    const { engine, page } = this;
    if (page === undefined) return [];
    this.failure ??= await fetchOnce(() => engine.preparePage(page));
    const passages = engine.page(page)?.passages ?? [];
    this.failure ??= await fetchOnce(() => engine.preparePassages(passages));
    return engine.around(passages, text);
  }

  /** What a search finds best for a question about a text, if it is about one. */
  async find(question: string, text = ''): Promise<number[]> {
    const query = whole(`${question} ${excerpt(text)}`);
    await this.prepare(query);
    return ranked(this.engine.search(query, this.options));
  }

  /** The sentences of these passages that answer a question best. */
  async quote(question: string, passages: number[]) {
    const query = whole(question);
    await this.prepare(query);
    return this.engine.answer(query, passages);
  }

  private async prepare(query: string): Promise<void> {
    const failure = await fetchRounds({
      isReady: () => this.engine.isReady(query, this.options),
      prepare: () => this.engine.prepare(query, this.options),
    });
    this.failure ??= failure;
  }
}

/** The space says that the last word is whole. */
function whole(question: string): string {
  return `${question.trim()} `;
}

/** The beginning of a text, up to the end of a word. */
function excerpt(text: string): string {
  const short = text.trim().slice(0, LONGEST_EXCERPT);
  return short.length < LONGEST_EXCERPT ? short : short.replace(/\s\S*$/, '');
}

/** The passages of all hits, the best first. */
function ranked({ pages }: SearchResponse): number[] {
  const hits = pages.flatMap((page) => page.hits);
  hits.sort((a, b) => b.score - a.score || a.passage - b.passage);
  return hits.map((hit) => hit.passage);
}
