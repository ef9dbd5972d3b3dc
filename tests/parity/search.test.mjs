// Native code, WebAssembly in Node and WebAssembly in Chromium give the same passages with the same scores.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { questions } from '../support/paths.mjs';
import { searchInChromium, searchInNode, searchNatively } from './engines.mjs';

const LIMIT = 10;
const LEAST_QUESTIONS = 120;

for (const mode of ['hybrid', 'words', 'meaning']) {
  describe(`${mode} search for every question of the book`, () => {
    const asked = questions();
    let native;
    before(() => {
      native = searchNatively(mode, LIMIT);
    });

    it('is answered natively, question by question', () => {
      assert.ok(asked.length >= LEAST_QUESTIONS);
      assert.equal(native.length, asked.length);
      assert.ok(native.filter((hits) => hits.length > 0).length > 0.95 * asked.length);
    });

    it('is the same in Node', () => {
      compare(searchInNode(asked.map(({ text }) => text), mode, LIMIT));
    });

    it('is the same in Chromium', async () => {
      compare(await searchInChromium(asked.map(({ text }) => text), mode, LIMIT));
    });

    function compare(found) {
      assert.equal(found.length, native.length);
      found.forEach((hits, index) => assert.deepEqual(hits, native[index], asked[index].text));
    }
  });
}
