// Questions to a book that came without any, drawn from its own pages: the same book gives the same questions.
import { generator } from '../../../scripts/random.mjs';

const SEED = 1;
const OF_EACH_KIND = 160;
const TRIES = 50;
const MOST_WORDS = 24;
const LEAST_WORDS = 6;
const OPENINGS = ['what is', 'explain', 'how does it work,', 'when is it used,'];
const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’_-]*/gu;

/** How a question is made of a section, `{ heading, sentences }`, and what it is called in reports. */
const KINDS = {
  'a heading': ({ heading }) => heading,
  'a heading as a question': ({ heading }, draw) => `${pick(OPENINGS, draw)} ${lowered(heading)}`,
  "a section's first sentence without its heading's words": ({ heading, sentences }) => without(sentences[0], heading),
  'a sentence, a third of its longer words left out': ({ sentences }, draw) => thinned(pick(sentences, draw), draw),
  'three words of a sentence, two letters of one swapped': ({ sentences }, draw) =>
    slipped(pick(sentences, draw), draw),
};

/** Questions to the pages of these files, which `read` gives as HTML: `{ text, kind, page }`, of all kinds alike. */
export function madeQuestions(files, read) {
  const draw = generator(SEED);
  const made = new Map();
  for (const [kind, make] of Object.entries(KINDS)) {
    const enough = made.size + OF_EACH_KIND;
    for (let left = TRIES * OF_EACH_KIND; left > 0 && made.size < enough; left -= 1) {
      const file = pick(files, draw);
      const sections = sectionsOf(read(file));
      const text = sections.length > 0 && make(pick(sections, draw), draw);
      if (text && !made.has(text)) made.set(text, { text, kind, page: address(file) });
    }
  }
  return [...made.values()];
}

/** A page's address as engines and question files name it, with or without slashes and the ending of its file. */
export function address(url) {
  return url
    .replace(/[#?].*$/, '')
    .replace(/(^|\/)index\.html$|\.html$/, '')
    .replace(/^\/+|\/+$/g, '');
}

/** Headings with the sentences of the paragraphs below each, where there are any. */
function sectionsOf(html) {
  const body = /<(main|article)[\s>][\s\S]*<\/\1>/i.exec(html)?.[0] ?? html;
  const parts = body
    .replace(/<(script|style|nav|pre)[\s>][\s\S]*?<\/\1>/gi, ' ')
    .split(/<h[1-6][^>]*>/i)
    .slice(1);
  const sections = parts.map((part) => {
    const [heading, below = ''] = part.split(/<\/h[1-6]>/i);
    const paragraphs = [...below.matchAll(/<p[^a-z][\s\S]*?<\/p>/gi)].map(([paragraph]) => plain(paragraph));
    const sentences = paragraphs.flatMap((text) => text.split(/(?<=[.!?])\s+/));
    return { heading: plain(heading), sentences: sentences.filter((text) => words(text).length >= LEAST_WORDS) };
  });
  return sections.filter(({ heading, sentences }) => heading && sentences.length > 0);
}

function plain(html) {
  const entities = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&([a-z]+);/g, (whole, name) => entities[name] ?? whole)
    .replace(/[\u200b#]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function words(text) {
  return text.match(WORD) ?? [];
}

const isLong = (word) => word.length >= 4;

function without(sentence, heading) {
  const own = new Set(words(heading.toLowerCase()));
  return words(sentence)
    .filter((word) => !own.has(word.toLowerCase()))
    .slice(0, MOST_WORDS)
    .join(' ');
}

function thinned(sentence, draw) {
  return words(sentence)
    .slice(0, MOST_WORDS)
    .filter((word) => !isLong(word) || draw(3) > 0)
    .join(' ');
}

function slipped(sentence, draw) {
  const long = words(sentence).filter(isLong);
  if (long.length < 3) return undefined;
  const first = draw(long.length - 2);
  const chosen = long.slice(first, first + 3);
  const wrong = draw(chosen.length);
  chosen[wrong] = swapped(chosen[wrong], draw);
  return chosen.join(' ');
}

function swapped(word, draw) {
  const at = 1 + draw(word.length - 2);
  return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
}

function lowered(text) {
  return text[0].toLowerCase() + text.slice(1);
}

function pick(items, draw) {
  return items[draw(items.length)];
}
