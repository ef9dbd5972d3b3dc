// The books that are searched: the demonstration book, one made of WordNet, or any folder of HTML or Markdown.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LECTERN, MODEL, SHELF, questions } from '../../support/paths.mjs';
import { encyclopedia } from './encyclopedia.mjs';
import { render } from './markdown.mjs';
import { madeQuestions } from './madeQuestions.mjs';
import { DICTIONARY, MADE } from './paths.mjs';

const HTML = /\.html$/;
const MARKDOWN = /\.mdx?$/;
const QUICK_PAGES = 200;

/**
 * A book: its `name`, the folder of its `shelf`, and `questions`, each `{ text, kind, page }` with the address of
 * the page that answers it, or that it was made of.
 */
export function demonstrationBook() {
  const labelled = questions().map(({ text, page }) => ({ text, kind: 'asked by people', page }));
  return { name: 'the demonstration book', shelf: SHELF, questions: labelled };
}

/** The book of a folder; without one, 14,000 pages made of WordNet, or few where it must be quick. */
export function largeBook(folder, { quick, note }) {
  const pages = folder ? ofFolder(resolve(folder)) : ofWordNet(quick ? QUICK_PAGES : undefined);
  const title = folder ? basename(resolve(folder)) : 'WordNet';
  note(`  indexing ${pages}`);
  const found = files(pages, HTML);
  const read = (file) => readFileSync(join(pages, file), 'utf8');
  return { name: title, shelf: indexed(pages, title), questions: madeQuestions(found, read) };
}

function ofWordNet(pages) {
  const data = ['data.noun', 'data.verb'].map((name) => join(DICTIONARY, name));
  const sources = [join(import.meta.dirname, 'encyclopedia.mjs'), ...data].map((file) => readFileSync(file));
  return made('wordnet', [String(pages), ...sources], () =>
    encyclopedia(DICTIONARY, pages).map(({ path, html }) => [path, html]),
  );
}

/** HTML as it lies; Markdown, where there is no HTML, rendered. */
function ofFolder(folder) {
  if (files(folder, HTML).length > 0) return folder;
  const sources = files(folder, MARKDOWN).map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
  if (sources.length === 0) {
    throw new Error(`${folder} has neither HTML nor Markdown. Name the folder of a built site or of its sources`);
  }
  const named = (file) => basename(file).replace(MARKDOWN, '');
  return made('markdown', [readFileSync(join(import.meta.dirname, 'markdown.mjs')), ...sources.flat()], () =>
    sources.map(([file, source]) => [file.replace(MARKDOWN, '.html'), render(source, named(file))]),
  );
}

/** A folder of pages under a name of what they are made from, written once and whole. */
function made(name, sources, pages) {
  const folder = join(MADE, 'books', `${name}-${hash(sources)}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const [path, html] of pages()) {
    mkdirSync(dirname(join(unfinished, path)), { recursive: true });
    writeFileSync(join(unfinished, path), html);
  }
  renameSync(unfinished, folder);
  return folder;
}

/** The shelf of a folder of pages, made anew when they, the command or the model have changed. */
function indexed(pages, title) {
  const contents = files(pages, HTML).flatMap((file) => [file, readFileSync(join(pages, file))]);
  const folder = join(MADE, 'shelves', hash([title, ...contents]));
  const stamp = `${folder}.made-by`;
  const maker = hash([readFileSync(LECTERN), readFileSync(MODEL)]);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== maker) {
    mkdirSync(folder, { recursive: true });
    const options = ['--out', folder, '--title', title, '--model', MODEL];
    execFileSync(LECTERN, ['index', pages, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
    writeFileSync(stamp, maker);
  }
  return folder;
}

/** The files below a folder whose name matches, but for hidden folders and installed packages. */
function files(folder, pattern) {
  const hidden = /(^|[\\/])(\.|node_modules([\\/]|$))/;
  return readdirSync(folder, { recursive: true })
    .filter((file) => pattern.test(file) && !hidden.test(file))
    .sort();
}

function hash(parts) {
  const all = createHash('sha256');
  for (const part of parts) all.update(`${part.length}:`).update(part);
  return all.digest('hex').slice(0, 16);
}
