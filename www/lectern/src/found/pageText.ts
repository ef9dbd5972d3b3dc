/** A run of a page's text: a text node, or an element that stands for a text (a formula, an image). */
export interface Piece {
  node: Text | Element;
  /** Where it begins in the text. */
  start: number;
  end: number;
}

/** The text of a part of a page as an index has it, and where each run of it comes from. */
export interface PageText {
  text: string;
  pieces: Piece[];
}

/** Elements that do not end a word. */
const INLINE =
  'a, abbr, b, bdi, bdo, cite, code, del, dfn, em, font, i, ins, kbd, mark, q, s, samp, small, span, strong, sub, sup, u, var, wbr';

/** What is on a page but no part of its text. */
const LEFT_OUT =
  'script, style, template, noscript, button, svg, .hash-link, [data-lectern-ignore]';

/** What is written below something in MathML. */
const INDEX = ':is(msub, msubsup, munder, munderover) > :nth-child(2)';

/** Reads the text below an element: formulas by their MathML or else their TeX source, images by their description. */
export function pageText(root: Element): PageText {
  const pieces: Piece[] = [];
  let text = '';
  let block: Element | null = null;
  const add = (node: Text | Element, content: string, owner: Element | null) => {
    if (owner !== block) text += '\n';
    block = owner;
    pieces.push({ node, start: text.length, end: text.length + content.length });
    text += content;
  };
  const walker = document.createTreeWalker(
    root,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => {
      if (!(node instanceof Element)) return NodeFilter.FILTER_ACCEPT;
      if (node.matches(LEFT_OUT)) return NodeFilter.FILTER_REJECT;
      const content = textOf(node);
      if (content === undefined) return NodeFilter.FILTER_SKIP;
      add(node, content, node);
      return NodeFilter.FILTER_REJECT;
    },
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    add(node as Text, (node as Text).data, blockOf(node));
  }
  return { text, pieces };
}

/** The nearest element that is laid out as a block. */
export function blockOf(node: Node): Element | null {
  let element = node instanceof Element ? node : node.parentElement;
  while (element?.matches(INLINE)) element = element.parentElement;
  return element;
}

/** The text that an element stands for as a whole, if it does. */
function textOf(element: Element): string | undefined {
  if (element.matches('.katex, mjx-container, math')) return formulaOf(element);
  if (element instanceof HTMLImageElement) return element.alt;
  return element instanceof HTMLBRElement ? '\n' : undefined;
}

/** A formula by the words that an index has of it: each symbol is one, and so is each index, `x_{cp}`. */
function formulaOf(element: Element): string {
  const math = element.matches('math') ? element : element.querySelector('math');
  if (!math) return (element.querySelector('annotation') ?? element).textContent ?? '';
  const isWord = (part: Element) => part.matches(INDEX) || !part.firstElementChild;
  const words = [...math.querySelectorAll(':not(annotation)')].filter(
    (part) => isWord(part) && !part.parentElement?.closest(INDEX),
  );
  return words.map(({ textContent }) => textContent).join(' ');
}
