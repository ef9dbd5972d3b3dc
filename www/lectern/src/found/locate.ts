import { blockOf, pageText, type PageText, type Piece } from './pageText.js';

/** Where a text stands on a page. */
export interface Place {
  range: Range;
  /** The blocks it reaches into, and the images that it describes. */
  elements: Element[];
}

/** A word of a text, folded, with where it is. */
interface Word {
  folded: string;
  start: number;
  end: number;
}

/** Words; signs of scripts that write none are words each. */
const WORD = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[\p{L}\p{N}\p{M}]+/gu;

/** Words of a text that are looked for: more would not show on a screen. */
const MOST_WORDS = 400;

/** The share of a text's words that a place must have: less is another text. */
const LEAST_SHARE = 0.6;

/** Words between two others that agree, more of which keep a stray one out of the place. */
const WIDEST_GAP = 3;

/**
 * Finds a text below `root`, from `anchor` on where it stands there: the stretch that has most of its words,
 * so that markup, formulas and a page that was edited since do not matter. Undefined where nothing is near it.
 */
export function locate(root: Element, text: string, anchor?: Element): Place | undefined {
  const page = pageText(root);
  const wanted = wordsOf(text).slice(0, MOST_WORDS);
  const words = wordsOf(page.text);
  const isFrom = ({ start }: Word) => !anchor || isAfter(anchor, pieceAt(page, start));
  const window = fullestWindow(words, wanted, words.findIndex(isFrom));
  if (!window) return undefined;
  const { first, last } = trimmed(words, wanted, window);
  return placeOf(page, words[first]!.start, words[last]!.end);
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => ({
    folded: word.normalize('NFKC').toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

/** Where the stretch of as many words as are wanted begins that has most of them; of equals, one from `from` on. */
function fullestWindow(words: Word[], wanted: Word[], from: number): number | undefined {
  const owed = new Map<string, number>();
  for (const { folded } of wanted) owed.set(folded, (owed.get(folded) ?? 0) + 1);
  const take = (word: Word, count: 1 | -1): number => {
    const before = owed.get(word.folded);
    if (before === undefined) return 0;
    owed.set(word.folded, before - count);
    return count > 0 ? Number(before > 0) : -Number(before >= 0);
  };
  const earlier = { have: 0, start: 0 };
  const later = { have: 0, start: 0 };
  let have = 0;
  words.forEach((word, end) => {
    const start = Math.max(0, end - wanted.length + 1);
    have += take(word, 1);
    const best = start < from ? earlier : later;
    if (have > best.have) Object.assign(best, { have, start });
    if (end + 1 >= wanted.length) have += take(words[start]!, -1);
  });
  const best = later.have >= earlier.have ? later : earlier;
  return best.have > 0 && best.have >= LEAST_SHARE * wanted.length ? best.start : undefined;
}

/** The words about a window that agree with those wanted in their order, from the first to the last. */
function trimmed(words: Word[], wanted: Word[], window: number): { first: number; last: number } {
  const slack = Math.ceil(wanted.length / 4);
  const start = Math.max(0, window - slack);
  const near = words.slice(start, window + wanted.length + slack);
  const agreeing = commonSubsequence(near, wanted);
  while (agreeing.length > 2 && agreeing[1]! - agreeing[0]! > WIDEST_GAP) agreeing.shift();
  while (agreeing.length > 2 && agreeing.at(-1)! - agreeing.at(-2)! > WIDEST_GAP) agreeing.pop();
  const { length } = wanted;
  if (agreeing.length === 0)
    return { first: window, last: Math.min(window + length, words.length) - 1 };
  return { first: start + agreeing[0]!, last: start + agreeing.at(-1)! };
}

/** The places in `a` of a longest common subsequence of both. */
function commonSubsequence(a: Word[], b: Word[]): number[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      lengths[at] =
        a[i]!.folded === b[j]!.folded
          ? lengths[at + width + 1]! + 1
          : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  const places: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const at = i * width + j;
    if (a[i]!.folded === b[j]!.folded) {
      places.push(i);
      i += 1;
      j += 1;
    } else if (lengths[at + width]! >= lengths[at + 1]!) i += 1;
    else j += 1;
  }
  return places;
}

function placeOf(page: PageText, start: number, end: number): Place {
  const range = document.createRange();
  const first = pieceAt(page, start);
  const last = pieceAt(page, end - 1);
  if (first.node instanceof Text) range.setStart(first.node, start - first.start);
  else range.setStartBefore(first.node);
  if (last.node instanceof Text) range.setEnd(last.node, end - last.start);
  else range.setEndAfter(last.node);
  const touched = page.pieces.filter((piece) => piece.end > start && piece.start < end);
  const elements = touched.map(({ node }) =>
    node instanceof HTMLImageElement ? node : blockOf(node),
  );
  return { range, elements: [...new Set(elements)].filter((element) => element !== null) };
}

/** The run of text that a place in it belongs to. */
function pieceAt({ pieces }: PageText, place: number): Piece {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]!.start <= place) low = middle;
    else high = middle - 1;
  }
  return pieces[low]!;
}

function isAfter(anchor: Element, { node }: Piece): boolean {
  const position = anchor.compareDocumentPosition(node);
  return (
    (position & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY)) !== 0
  );
}
