// What a deploy must not make worse: retrieval on the book's questions, and the bytes a reader pays for.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { LECTERN, PKG, QUESTIONS, SHELF, SITE, questions } from '../support/paths.mjs';

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

describe('retrieval on the book', () => {
  const output = execFileSync(LECTERN, ['eval', SHELF, '--queries', QUESTIONS, '--json']);
  const measured = Object.fromEntries(JSON.parse(output).modes.map((row) => [row.mode, row]));

  it('finds the page among the first five for nine questions of ten', () => {
    assert.ok(measured.hybrid['recall@5'] >= 0.9, `recall@5 is ${measured.hybrid['recall@5']}`);
  });

  for (const alone of ['words', 'meaning']) {
    it(`is better by both than by ${alone} alone`, () => {
      for (const measure of ['recall@5', 'MRR@10', 'nDCG@10']) {
        assert.ok(measured.hybrid[measure] > measured[alone][measure], `${measure}: ${JSON.stringify(measured)}`);
      }
    });
  }
});

describe('what a reader downloads', () => {
  const stored = (kinds) =>
    JSON.parse(readFileSync(join(SHELF, 'manifest.json'), 'utf8'))
      .sections.filter(({ kind }) => kinds.includes(kind))
      .reduce((sum, { stored: bytes }) => sum + bytes, 0);

  it('is at most 400 KB of WebAssembly, compressed as hosts do', () => {
    const wasm = readFileSync(join(PKG, 'browser/lectern_browser_bg.wasm'));
    assert.ok(brotliCompressSync(wasm).length <= 400 * KB);
    assert.ok(statSync(join(PKG, 'browser/lectern_browser.js')).size <= 40 * KB);
  });

  it('is at most 220 KB of index for search by words', () => {
    assert.ok(stored(['catalog', 'text', 'words']) <= 220 * KB);
  });

  it('is at most 14 MB for search by meaning', () => {
    assert.ok(stored(['vectors', 'graph', 'encoder']) <= 14 * 1024 * KB);
  });
});
