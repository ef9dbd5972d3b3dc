// Where the tests find what scripts/build has made.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const SITE = join(ROOT, 'www/site/build');
export const SITE_AT_BOOK = join(ROOT, 'www/site/build-book');
export const SHELF = join(SITE, 'lectern');
export const PKG = join(ROOT, 'pkg');
export const QUESTIONS = join(ROOT, 'tests/fixtures/book-questions.jsonl');
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
export const LECTERN = process.env.LECTERN ?? join(TARGET, 'debug/lectern');
export const RELAY = process.env.LECTERN_RELAY ?? join(TARGET, 'debug/lectern-relay');
export const MODEL = process.env.LECTERN_MODEL ?? join(ROOT, '.cache/models/all-MiniLM-L6-v2.lectern');

/** The book's questions: `{ id, text, page, anchor }`. */
export function questions() {
  return readFileSync(QUESTIONS, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}

/** The manifest of the book's shelf. */
export function manifest() {
  return JSON.parse(readFileSync(join(SHELF, 'manifest.json'), 'utf8'));
}
