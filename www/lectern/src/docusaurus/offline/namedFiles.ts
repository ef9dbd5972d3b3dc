import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A built site. */
export interface Site {
  outDir: string;
  baseUrl: string;
}

/** The paths of files that pages and style sheets show or are made of; what they merely link to is left out. */
export async function namedFiles(
  paths: readonly string[],
  { outDir, baseUrl }: Site,
): Promise<Set<string>> {
  const named = new Set<string>();
  for (const path of paths.filter((path) => /\.(html|css)$/.test(path))) {
    const text = await readFile(join(outDir, path), 'utf8');
    const addresses = path.endsWith('.css') ? addressesInCss(text) : addressesInHtml(text);
    for (const address of addresses) {
      const own = below(address, new URL(path, `http://site${baseUrl}`), baseUrl);
      if (own) named.add(own);
    }
  }
  return named;
}

/** The addresses that the tags of a page have, but for links. */
export function addressesInHtml(html: string): string[] {
  return [...html.matchAll(TAG)].flatMap(([tag]) =>
    [...tag.matchAll(ATTRIBUTE)].flatMap(([, name, double, single, bare]) => {
      const value = (double ?? single ?? bare ?? '').replaceAll('&amp;', '&');
      if (name!.toLowerCase() !== 'srcset') return [value];
      return value.split(',').map((candidate) => candidate.trim().split(/\s/)[0]!);
    }),
  );
}

/** The addresses that a style sheet has. */
export function addressesInCss(css: string): string[] {
  return [...css.matchAll(CSS_URL)].map(([, double, single, bare]) => double ?? single ?? bare!);
}

/** The path of an address below the base URL, if it is there. */
function below(address: string, page: URL, baseUrl: string): string | undefined {
  try {
    const { host, pathname } = new URL(address, page);
    if (host !== page.host || !pathname.startsWith(baseUrl)) return undefined;
    return decodeURIComponent(pathname.slice(baseUrl.length));
  } catch {
    return undefined;
  }
}

/** A tag that is no link. */
const TAG = /<(?!a\b)[a-z][^>]*>/gi;

const ATTRIBUTE = /\s(src|srcset|href|poster|data)=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/gi;

const CSS_URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]+))\s*\)/gi;
