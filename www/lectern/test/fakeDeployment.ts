import { FORMAT, PARTS, bytesOf, type OfflineList, type Part } from '../src/offline/list.js';
import { hashOf } from '../src/docusaurus/offline/hash.js';

/** A deployed site with its list, and how it answers. */
export class FakeDeployment {
  /** Paths that were asked for, the list's own left out. */
  readonly asked: string[] = [];
  /** Paths whose requests fail. */
  down?: RegExp;
  /** What other paths answer with than they should. */
  readonly wrong = new Map<string, string>();
  private readonly files = new Map<string, string>();

  constructor(
    readonly version: string,
    parts: Partial<Record<Part, Record<string, string>>>,
  ) {
    const files = PARTS.map((part) => {
      const listed = Object.entries(parts[part] ?? {}).map(([path, text]) => {
        this.files.set(path, text);
        return [path, Buffer.byteLength(text), hashOf(Buffer.from(text))] as const;
      });
      return [part, listed] as const;
    });
    const list: OfflineList = {
      format: FORMAT,
      others: [],
      files: Object.fromEntries(files) as never,
    };
    const sizes = Object.fromEntries(
      files.map(([part, listed]) => [part, { bytes: bytesOf(listed), files: listed.length }]),
    );
    const notice = { format: FORMAT, list: `offline.${version}.json`, sizes, ownWorker: true };
    this.files.set('lectern/offline.json', JSON.stringify(notice));
    this.files.set(`lectern/offline.${version}.json`, JSON.stringify(list));
  }

  /** Answers a request of a page below `/`. */
  readonly fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    init?.signal?.throwIfAborted();
    const { pathname, search } = new URL(String(url), 'http://site');
    const path = decodeURIComponent(pathname.slice(1));
    if (!path.startsWith('lectern/offline.')) this.asked.push(path + search);
    if (this.down?.test(path)) throw new TypeError('network');
    const wrong = search === '' ? this.wrong.get(path) : undefined;
    const text = wrong ?? this.files.get(path);
    return text === undefined ? new Response('', { status: 404 }) : new Response(text);
  };
}
