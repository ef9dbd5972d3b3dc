// Native code and WebAssembly in Chromium quote the same sentences in answer to a question.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { questions } from '../support/paths.mjs';
import { answersInChromium, answersNatively } from './engines.mjs';

/** Passages that an answer is made of. */
const SOURCES = 8;

for (const encoder of ['small', 'full']) {
  describe(`the answers by quotation with the ${encoder} encoder to every question of the book`, () => {
    it('are the same natively and in Chromium, and most quote something', async () => {
      const texts = questions().map(({ text }) => text);
      const native = answersNatively(encoder, SOURCES);
      const found = await answersInChromium(texts, encoder, SOURCES);
      assert.equal(found.length, native.length);
      found.forEach((quotes, index) => assert.deepEqual(quotes, native[index], texts[index]));
      const answered = native.filter((quotes) => quotes.length > 0).length;
      assert.ok(answered > 0.65 * native.length, `${answered} of ${native.length}`);
    });
  });
}
