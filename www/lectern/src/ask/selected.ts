import type { Selection } from './opener.js';

/** Fewer characters are no passage, more are not quoted. */
const SHORTEST = 3;
const LONGEST = 4_000;

/** Where a text is selected by accident or for other ends. */
const ELSEWHERE = 'nav, aside, button, input, textarea, [contenteditable], dialog';

/** Where a site is, and how its pages end, as its configuration has it. */
export interface Site {
  baseUrl: string;
  trailingSlash?: boolean;
}

/** What the reader has selected of a page's content, if anything. */
export function selected(site: Site): Selection | undefined {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const { commonAncestorContainer: node } = selection.getRangeAt(0);
  const element = node instanceof Element ? node : node.parentElement;
  if (!element?.closest('main') || element.closest(ELSEWHERE)) return undefined;
  const text = selection.toString().trim().slice(0, LONGEST);
  return text.length < SHORTEST ? undefined : { text, page: pageOf(site) };
}

/** The address of the page that is read, below the site's base URL, as the index has it. */
export function pageOf({ baseUrl, trailingSlash }: Site): string {
  const { pathname } = location;
  if (!pathname.startsWith(baseUrl)) return '';
  // Servers add a slash, or take it away, whatever the site says.
  const page = decodeURI(pathname.slice(baseUrl.length)).replace(/\/$/, '');
  return trailingSlash && page ? `${page}/` : page;
}
