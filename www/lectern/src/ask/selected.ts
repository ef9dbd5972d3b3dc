import type { Selection } from './opener.js';

/** Fewer characters are no passage, more are not quoted. */
const SHORTEST = 3;
const LONGEST = 4_000;

/** Where a text is selected by accident or for other ends. */
const ELSEWHERE = 'nav, aside, button, input, textarea, [contenteditable], dialog';

/** What the reader has selected of a page's content, if anything; `base` is the site's base URL. */
export function selected(base: string): Selection | undefined {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const { commonAncestorContainer: node } = selection.getRangeAt(0);
  const element = node instanceof Element ? node : node.parentElement;
  if (!element?.closest('main') || element.closest(ELSEWHERE)) return undefined;
  const text = selection.toString().trim().slice(0, LONGEST);
  return text.length < SHORTEST ? undefined : { text, page: pageOf(base) };
}

/** The address of the page that is read, below the site's base URL: as the index has it, which takes canonical ones. */
export function pageOf(base: string): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href;
  const { pathname } = new URL(canonical || location.href, location.href);
  return pathname.startsWith(base) ? decodeURI(pathname.slice(base.length)) : '';
}
