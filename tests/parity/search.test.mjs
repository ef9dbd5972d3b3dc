// Native code, WebAssembly in Node and WebAssembly in Chromium give the same passages with the same scores.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { questions } from '../support/paths.mjs';
import { searchInChromium, searchInNode, searchNatively } from './engines.mjs';

const LIMIT = 10;
const LEAST_QUESTIONS = 120;
const WAYS = [
  ['hybrid', 'small'],
  ['meaning', 'small'],
  ['words', 'small'],
  ['hybrid', 'full'],
  ['meaning', 'full'],
];

for (const [mode, encoder] of WAYS) {
  describe(`${mode} search with the ${encoder} encoder for every question of the book`, () => {
    const asked = questions();
    const texts = asked.map(({ text }) => text);
    let native;
    let node;
    before(() => {
      native = searchNatively(mode, encoder, LIMIT);
      node = searchInNode(texts, mode, encoder, LIMIT);
    });

    it('is answered natively, question by question', () => {
      assert.ok(asked.length >= LEAST_QUESTIONS);
      assert.equal(native.length, asked.length);
      assert.ok(native.filter((hits) => hits.length > 0).length > 0.95 * asked.length);
    });

    it('is the same in Node', () => {
      compare(node.hits, native);
    });

    it('is the same in Chromium, cosines included', async () => {
      const { hits, cosines } = await searchInChromium(texts, mode, encoder, LIMIT);
      compare(hits, native);
      compare(cosines, node.cosines);
    });

    function compare(found, expected) {
      assert.equal(found.length, expected.length);
      found.forEach((hits, index) => assert.deepEqual(hits, expected[index], texts[index]));
    }
  });
}
