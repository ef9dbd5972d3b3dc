import { Store } from '../state/store.js';

/** A page that was opened from the search. */
export interface RecentPage {
  /** Address on the site, with its base URL and anchor. */
  url: string;
  title: string;
}

/** What a reader has looked for and opened, newest first. */
export interface RecentEntries {
  readonly queries: readonly string[];
  readonly pages: readonly RecentPage[];
}

/** Entries of each kind that are kept. */
const MOST = 5;

const NONE: RecentEntries = { queries: [], pages: [] };

/** What a reader has looked for at one site, kept in the browser alone. Where it keeps nothing, until the page is left. */
export class Recents {
  /** The entries now. */
  readonly entries: Store<RecentEntries>;

  constructor(private readonly key: string) {
    this.entries = new Store(this.read());
    globalThis.addEventListener?.('storage', (event) => {
      // A key of null: everything was cleared.
      if (event.key === key || event.key === null) this.entries.set(this.read());
    });
  }

  /** Puts a query first. */
  addQuery(text: string): void {
    const query = text.trim();
    if (query === '') return;
    const { queries, pages } = this.entries.getSnapshot();
    const others = queries.filter((other) => !sameText(other, query));
    this.write({ queries: [query, ...others].slice(0, MOST), pages });
  }

  /** Puts a page first. */
  addPage(page: RecentPage): void {
    const { queries, pages } = this.entries.getSnapshot();
    const others = pages.filter(({ url }) => url !== page.url);
    this.write({ queries, pages: [page, ...others].slice(0, MOST) });
  }

  /** Forgets a query. */
  removeQuery(text: string): void {
    const { queries, pages } = this.entries.getSnapshot();
    this.write({ queries: queries.filter((other) => other !== text), pages });
  }

  /** Forgets a page. */
  removePage(url: string): void {
    const { queries, pages } = this.entries.getSnapshot();
    this.write({ queries, pages: pages.filter((page) => page.url !== url) });
  }

  /** Forgets everything. */
  clear(): void {
    this.write(NONE);
  }

  private write(entries: RecentEntries): void {
    this.entries.set(entries);
    try {
      if (entries.queries.length + entries.pages.length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(entries));
    } catch {
      // A browser that is full or keeps nothing still has them until the page is left.
    }
  }

  private read(): RecentEntries {
    try {
      return parse(JSON.parse(localStorage.getItem(this.key) ?? '{}'));
    } catch {
      return NONE;
    }
  }
}

const known = new Map<string, Recents>();

/** The recent entries of the site at a base URL. */
export function recentsAt(baseUrl: string): Recents {
  const recents = known.get(baseUrl) ?? new Recents(`lectern.recent:${baseUrl}`);
  known.set(baseUrl, recents);
  return recents;
}

/** What another version, or another page of the same origin, may have written is taken for what it is. */
function parse({ queries, pages }: Partial<Record<keyof RecentEntries, unknown>>): RecentEntries {
  const list = (value: unknown) => (Array.isArray(value) ? value.slice(0, MOST) : []);
  return {
    queries: list(queries).filter((query) => typeof query === 'string'),
    pages: list(pages).filter(
      (page) => typeof page?.title === 'string' && /^\/(?!\/)/.test(page?.url ?? ''),
    ),
  };
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
