// Writes a large book of real English: node encyclopedia.mjs WORDNET_DICT OUT [PAGES]
//
// A page is a concept of WordNet that has kinds; its sections are the kinds, each with its definition, examples,
// parts and own kinds. Pages of one subject are in one folder. The same input gives the same files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGES = 14_000;
/** Sections of a page: an encyclopedia's article does not list all 600 kinds of herb. */
const SECTIONS = 24;
const PARTS_OF_SPEECH = { noun: 'n', verb: 'v' };

/** Relations by their symbols (wninput(5WN)). */
const KIND = '~';
const KIND_OF = '@';
const PART = '%p';
const PART_OF = '#p';
const MEMBER_OF = '#m';

export function encyclopedia(dict, pages = PAGES) {
  const concepts = new Map(Object.entries(PARTS_OF_SPEECH).flatMap(([name, letter]) => read(dict, name, letter)));
  const withKinds = [...concepts.values()].filter((concept) => related(concepts, concept, KIND).length > 0);
  // Every n-th concept, so that a smaller book has all subjects too.
  const step = Math.max(1, withKinds.length / pages);
  const chosen = Array.from({ length: Math.min(pages, withKinds.length) }, (_, i) => withKinds[Math.floor(i * step)]);
  return chosen.map((concept) => ({ path: path(concept), html: page(concepts, concept) }));
}

function read(dict, name, letter) {
  const lines = readFileSync(join(dict, `data.${name}`), 'latin1').split('\n').filter((line) => /^\d/.test(line));
  return lines.map((line) => {
    const concept = parse(line);
    return [`${letter}${concept.offset}`, { ...concept, letter }];
  });
}

/** A line of a data file (wndb(5WN)). */
function parse(line) {
  const [head, gloss] = line.split(' | ', 2);
  const fields = head.split(' ');
  const words = parseInt(fields[3], 16);
  const at = 4 + 2 * words;
  const pointers = Array.from({ length: Number(fields[at]) }, (_, i) => fields.slice(at + 1 + 4 * i, at + 5 + 4 * i));
  const [definition, ...examples] = gloss.trim().split(/;\s*(?=")/);
  return {
    offset: fields[0],
    subject: Number(fields[1]),
    words: Array.from({ length: words }, (_, i) => fields[4 + 2 * i].replaceAll('_', ' ')),
    definition: definition.trim(),
    examples: examples.map((text) => text.replace(/^[" ;]+|[" ;]+$/g, '')).filter(Boolean),
    pointers: pointers.map(([symbol, offset, letter]) => ({ symbol, key: `${letter}${offset}` })),
  };
}

function related(concepts, concept, symbol) {
  const own = concept.pointers.filter((pointer) => pointer.symbol === symbol);
  return own.map(({ key }) => concepts.get(key)).filter(Boolean);
}

function path(concept) {
  const name = concept.words[0].toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${concept.letter}${concept.subject}/${name || 'x'}-${concept.offset}/index.html`;
}

function page(concepts, concept) {
  const title = capital(concept.words[0]);
  const kinds = related(concepts, concept, KIND).slice(0, SECTIONS);
  const sections = kinds.map((kind) => `<h2 id="${id(kind)}">${escape(capital(kind.words[0]))}</h2>${article(concepts, kind)}`);
  return `<!doctype html><html lang="en"><head><title>${escape(title)}</title></head><body><main><article>
<h1>${escape(title)}</h1>${article(concepts, concept)}
${sections.join('\n')}
</article></main></body></html>
`;
}

function article(concepts, concept) {
  const name = concept.words[0];
  const list = (symbol, most) => related(concepts, concept, symbol).slice(0, most);
  const defined = (other) => `${other.words[0]} (${other.definition})`;
  const sentences = (label, symbol, most) => {
    const others = list(symbol, most).map(defined);
    return others.length > 0 ? [`${label} ${others.join('; ')}.`] : [];
  };
  const paragraphs = [
    [`${capital(name)}: ${concept.definition}.`, ...concept.examples.map((text) => `“${text}.”`)].join(' '),
    ...(concept.words.length > 1 ? [`Also called ${concept.words.slice(1).join(', ')}.`] : []),
    ...sentences(`${capital(name)} is a kind of`, KIND_OF, 1),
    ...sentences(`${capital(name)} is part of`, PART_OF, 2),
    ...sentences(`${capital(name)} belongs to`, MEMBER_OF, 1),
    ...sentences('Its parts are', PART, 4),
    ...sentences('Among its kinds are', KIND, 5),
  ];
  return paragraphs.map((text) => `<p>${escape(text)}</p>`).join('');
}

const id = (concept) => `${concept.letter}${concept.offset}`;
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

if (process.argv[1] === import.meta.filename) {
  const [dict, out, pages] = process.argv.slice(2);
  for (const { path: file, html } of encyclopedia(dict, pages && Number(pages))) {
    mkdirSync(join(out, file, '..'), { recursive: true });
    writeFileSync(join(out, file), html);
  }
}
