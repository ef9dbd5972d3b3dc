import type { Passage } from './found.js';
import { locate, type Place } from './locate.js';

/** The name of the highlight, for style sheets: `::highlight(lectern-found)`. */
const HIGHLIGHT = 'lectern-found';

/** Marks what a highlight cannot paint, an image, and whole blocks in browsers without highlights. */
const ATTRIBUTE = 'data-lectern-found';

/** A passage that is shown. */
export interface Shown {
  /** Takes the highlight away. */
  clear(): void;
}

/**
 * Scrolls to a passage of the page that is open and highlights it, again whenever the page draws that part
 * anew. Undefined where the page does not have it.
 */
export function showPassage({ url, text }: Passage): Shown | undefined {
  const anchor = anchorOf(url);
  const root = anchor?.closest('article') ?? document.querySelector('main') ?? document.body;
  const place = locate(root, text, anchor);
  if (!place) return undefined;
  reveal(place.range);
  scrollTo(place);
  readFrom(place.range);
  let unpaint = paint(place);

  let frame = 0;
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      unpaint();
      const again = locate(root, text, anchor);
      unpaint = again ? paint(again) : () => undefined;
    });
  });
  observer.observe(root, { childList: true, characterData: true, subtree: true });
  return {
    clear() {
      observer.disconnect();
      cancelAnimationFrame(frame);
      unpaint();
    },
  };
}

function anchorOf(url: string): Element | undefined {
  const { hash } = new URL(url, location.href);
  return document.getElementById(decodeURIComponent(hash.slice(1))) ?? undefined;
}

/** Opens the folded parts of the page that a range begins in. */
function reveal(range: Range): void {
  const start = range.startContainer;
  let part = (start instanceof Element ? start : start.parentElement)?.closest('details');
  for (; part; part = part.parentElement?.closest('details')) {
    // The summary's own click keeps components in step that hold the state themselves.
    if (!part.open) part.querySelector('summary')?.click();
  }
}

/** Puts a passage into the upper half of the window, where it is read from its beginning. */
function scrollTo({ range, elements }: Place): void {
  const painted = range.getBoundingClientRect();
  const { top } = painted.height > 0 ? painted : elements[0]!.getBoundingClientRect();
  window.scrollBy({ top: top - window.innerHeight / 4 });
}

/** Lets the Tab key and screen readers go on from here. */
function readFrom(range: Range): void {
  getSelection()?.collapse(range.startContainer, range.startOffset);
}

/** Paints a place; the returned function undoes it. */
function paint({ range, elements }: Place): () => void {
  const highlights = globalThis.CSS?.highlights;
  const outlined = highlights
    ? elements.filter((element) => element instanceof HTMLImageElement)
    : elements;
  highlights?.set(HIGHLIGHT, new Highlight(range));
  for (const element of outlined) element.setAttribute(ATTRIBUTE, '');
  return () => {
    highlights?.delete(HIGHLIGHT);
    for (const element of outlined) element.removeAttribute(ATTRIBUTE);
  };
}
