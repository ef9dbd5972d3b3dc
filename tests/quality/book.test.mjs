// What a deploy must not make worse: retrieval on the book's questions, and the bytes a reader pays for.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { blocksOf, bytesOf } from '../support/blocks.mjs';
import { LECTERN, PKG, QUESTIONS, SHELF, SITE, manifest, questions } from '../support/paths.mjs';

const KB = 1024;

describe('the questions', () => {
  it('are at least 120, each with its own id and text', () => {
    assert.ok(questions().length >= 120);
    assert.equal(new Set(questions().map(({ id }) => id)).size, questions().length);
    assert.equal(new Set(questions().map(({ text }) => text)).size, questions().length);
  });

  it('name a page and an anchor that the book has', () => {
    for (const { id, page, anchor } of questions()) {
      const file = [join(SITE, `${page}.html`), join(SITE, page, 'index.html')].find((path) => existsSync(path));
      assert.ok(file, `${id}: ${page} is a page`);
      assert.match(readFileSync(file, 'utf8'), new RegExp(`id="?${anchor}["\\s>]`), `${id}: ${page}#${anchor}`);
    }
  });
});

for (const encoder of ['small', 'full']) {
  describe(`retrieval on the book with the ${encoder} encoder`, () => {
    const output = execFileSync(LECTERN, ['eval', SHELF, '--queries', QUESTIONS, '--encoder', encoder, '--json']);
    const measured = Object.fromEntries(JSON.parse(output).modes.map((row) => [row.mode, row]));

    it('finds the page among the first five for more than nine questions of ten', () => {
      assert.ok(measured.hybrid['recall@5'] >= 0.94, `recall@5 is ${measured.hybrid['recall@5']}`);
    });

    for (const alone of ['words', 'meaning']) {
      it(`is better by both than by ${alone} alone`, () => {
        for (const measure of ['recall@5', 'MRR@10', 'nDCG@10']) {
          assert.ok(measured.hybrid[measure] > measured[alone][measure], `${measure}: ${JSON.stringify(measured)}`);
        }
      });
    }
  });
}

describe('what a reader downloads', () => {
  const sections = manifest().sections;
  /** Bytes of these sections with their parts, as stored. */
  const stored = (...kinds) =>
    sections
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((sum, { stored: own, parts_stored: parts }) => sum + own + parts, 0);
  const atMost = (bytes, limit, t) => {
    t.diagnostic(`${bytes} bytes of ${limit}`);
    assert.ok(bytes > 0 && bytes <= limit, `${bytes} bytes, at most ${limit}`);
  };

  for (const [what, file, limit] of [
    ['for a book in English', 'lectern_browser_en_bg.wasm', 140],
    ['with all languages', 'lectern_browser_bg.wasm', 175],
  ]) {
    it(`is at most ${limit} kB of WebAssembly ${what}, compressed as hosts do`, (t) => {
      atMost(brotliCompressSync(readFileSync(join(PKG, 'browser', file))).length, limit * 1000, t);
    });
  }

  it('is at most 40 KB of script around it, before it is minified and compressed', (t) => {
    atMost(statSync(join(PKG, 'browser/lectern_browser.js')).size, 40 * KB, t);
  });

  for (const [what, encoder, limit] of [
    ['words', 'none', 86],
    ['words and meaning', 'small', 122],
  ]) {
    it(`is at most ${limit} KB of index for a first question by ${what}`, async (t) => {
      const { head, blocks } = await blocksOf(questions().map(({ text }) => text), { encoder });
      const own = blocks.map(({ rounds }) => bytesOf(rounds.flat())).sort((a, b) => a - b);
      t.diagnostic(`${bytesOf(head)} bytes first, then ${own[0]} to ${own.at(-1)}`);
      atMost(bytesOf(head) + own[own.length >> 1], limit * KB, t);
    });
  }

  it('is at most 3 MB for the whole book, searched offline by words and meaning', (t) => {
    atMost(stored('directory', 'cells'), 3e6, t);
  });

  it('is at most 8 MB for the full encoder', (t) => {
    atMost(stored('vocabulary', 'core', 'rows'), 8e6, t);
  });
});
