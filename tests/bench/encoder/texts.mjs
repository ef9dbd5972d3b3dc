// The texts that encoders are timed on.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BENCH, EVAL, GOLDEN } from './paths.mjs';

// [CLS] and [SEP].
const SPECIAL = 2;
const PASSAGE_WORDPIECES = 200;
// Words of English prose have about 1.3 wordpieces.
const PASSAGE_WORDS = { least: 120, most: 180 };

/** Sentences of the demonstration book with their token ids: `{ text, ids }`. */
export function sentences() {
  return lines(readFileSync(join(GOLDEN, 'sentences.jsonl'), 'utf8'));
}

/** Up to `count` sentences of exactly so many wordpieces, special tokens not counted. */
export function sentencesOf(wordpieces, count) {
  const found = sentences().filter(({ ids }) => ids.length === wordpieces + SPECIAL);
  return found.slice(0, count).map(({ text }) => text);
}

/** `count` passages of about 200 wordpieces: of the question sets, or of the demonstration book's sentences. */
export function passages(count) {
  return spread(hasQuestionSets() ? setPassages().filter(isOrdinary) : bookPassages(), count);
}

/** `count` passages of any length, of the same. */
export function anyPassages(count) {
  return spread(hasQuestionSets() ? setPassages() : bookPassages(), count);
}

export function hasQuestionSets() {
  return existsSync(EVAL);
}

/** The question sets: `{ name, chunks, queries }`. */
export function questionSets() {
  const read = (name, file) => lines(gunzipSync(readFileSync(join(EVAL, name, file))).toString('utf8'));
  const names = readdirSync(EVAL).filter((name) => existsSync(join(EVAL, name, 'queries.jsonl.gz'))).sort();
  return names.map((name) => ({
    name,
    chunks: read(name, 'chunks.jsonl.gz'),
    queries: read(name, 'queries.jsonl.gz'),
  }));
}

/** A chunk as it is embedded: headings, then text. */
export function embedded({ title, heading, text }) {
  return [[title, heading].filter(Boolean).join(' › '), text].filter(Boolean).join('\n');
}

/** Writes texts the way the encoders read them, a JSON string a line, and gives the file's path. */
export function writeTexts(name, texts) {
  const file = join(BENCH, `${name}.jsonl`);
  writeFileSync(file, texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
  return file;
}

/** Up to `count` of the texts, from all over the list. */
function spread(texts, count) {
  const step = Math.max(1, texts.length / count);
  return Array.from({ length: Math.min(count, texts.length) }, (_, place) => texts[Math.floor(place * step)]);
}

function setPassages() {
  return questionSets().flatMap(({ chunks }) => chunks.map(embedded));
}

function isOrdinary(text) {
  const words = text.split(/\s+/).length;
  return words >= PASSAGE_WORDS.least && words <= PASSAGE_WORDS.most;
}

function bookPassages() {
  const found = [];
  let [text, length] = ['', 0];
  for (const sentence of sentences()) {
    text += `${sentence.text} `;
    length += sentence.ids.length - SPECIAL;
    if (length < PASSAGE_WORDPIECES) continue;
    found.push(text.trim());
    [text, length] = ['', 0];
  }
  return found;
}

function lines(text) {
  return text.trim().split('\n').map((line) => JSON.parse(line));
}
