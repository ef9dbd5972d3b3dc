// A question fetches few blocks of the index, in few rounds, and is answered as if all were there.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { blocksOf } from '../support/blocks.mjs';
import { manifest, questions } from '../support/paths.mjs';
import { hitsOf, searchNatively } from './engines.mjs';

const LIMIT = 10;
const ROUNDS = 2;
const MISSPELT_ROUNDS = 3;
// A reader is answered after three. One more would be needed where such a word comes late in a long question.
const MOST_ROUNDS = 4;
// Groups of the best by words and by both, and of their neighbours.
const MOST_GROUPS = 20;
// Of the spelling list, for a word that the book may not have: short and long words, by their beginnings and ends.
const SPELLING_BLOCKS = 4;

for (const [mode, encoder] of [['words', 'none'], ['hybrid', 'small']]) {
  describe(`the blocks of a question in the mode ${mode}`, () => {
    const texts = questions().map(({ text }) => text);
    let head;
    let blocks;
    before(async () => {
      ({ head, blocks } = await blocksOf(texts, { encoder, mode, limit: LIMIT }));
    });

    it('come after a manifest and the sections that lead to them', () => {
      const names = ['directory', 'manifest', ...(encoder === 'none' ? [] : ['cells'])];
      assert.deepEqual(head.map(({ name }) => name.split('.')[0]).sort(), names.sort());
    });

    it('give the answer that all blocks give, to the bit', () => {
      const expected = searchNatively(mode, 'small', LIMIT);
      blocks.forEach(({ response }, index) => assert.deepEqual(hitsOf(response), expected[index], texts[index]));
    });

    it('come in two rounds, of a question with a word that the book does not have in three', () => {
      const counts = blocks.map(({ rounds }) => rounds.length);
      counts.forEach((count, index) => assert.ok(count <= MOST_ROUNDS, `${texts[index]}: ${count} rounds`));
      const within = (rounds) => counts.filter((count) => count <= rounds).length / counts.length;
      assert.ok(within(ROUNDS) > 0.9 && within(MISSPELT_ROUNDS) > 0.98, `${counts}`);
    });

    it('are few and fetched once', (t) => {
      const all = manifest().sections.find(({ kind }) => kind === 'directory').parts;
      blocks.forEach(({ rounds, again }, index) => {
        const files = rounds.flat();
        const words = texts[index].match(/[\p{L}\p{N}]+/gu).length;
        const count = (kind) => files.filter(({ name }) => name.startsWith(`${kind}.`)).length;
        const found = ['terms', 'spelling', 'group', 'cell'].map(count);
        const [terms, spelling, groups, cells] = found;
        assert.ok(terms <= 2 * words && spelling <= SPELLING_BLOCKS * words, `${texts[index]}: ${found}`);
        assert.ok(groups <= MOST_GROUPS && cells <= (encoder === 'none' ? 0 : 1), `${texts[index]}: ${found}`);
        assert.equal(new Set(files.map(({ name }) => name)).size, files.length);
        assert.equal(found.reduce((sum, own) => sum + own), files.length);
        assert.deepEqual(again, []);
      });
      const mean = blocks.reduce((sum, { rounds }) => sum + rounds.flat().length, 0) / blocks.length;
      t.diagnostic(`${mean.toFixed(1)} blocks a question, of ${all}`);
      assert.ok(mean < 25, `${mean} blocks a question`);
    });
  });
}
