// A question fetches the blocks of the small encoder's table that it needs, and no others.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { blocksOf, bytesOf } from '../support/blocks.mjs';
import { manifest, questions } from '../support/paths.mjs';

// A block has 64 rows of 130 bytes and a header.
const BLOCK_BYTES = 8_400;
const FIRST_BLOCKS = 4;

describe('the blocks of the small encoder', () => {
  const texts = questions().map(({ text }) => text);
  let head;
  let blocks;
  before(async () => {
    ({ head, blocks } = await blocksOf(texts));
  });

  it('come with the encoder as far as most questions need them', () => {
    const own = head.filter(({ name }) => name.startsWith('block'));
    assert.equal(own.length, FIRST_BLOCKS);
    assert.deepEqual(head.map(({ name }) => name.split('.')[0]).sort(), [...own.map(() => 'block'), 'small', 'vectors', 'vocabulary']);
  });

  it('are fetched as a question needs them, few and nothing else', (t) => {
    const count = (files) => files.length;
    blocks.forEach(({ first }, index) => {
      assert.ok(first.every(({ name, bytes }) => name.startsWith('block') && bytes > 0 && bytes <= BLOCK_BYTES));
      const words = texts[index].match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu).length;
      assert.ok(count(first) <= 2 * words, `${texts[index]}: ${count(first)} blocks for ${words} words`);
    });
    const [mean, most] = [blocks.reduce((sum, { first }) => sum + count(first), 0) / blocks.length, Math.max(...blocks.map(({ first }) => count(first)))];
    const bytes = blocks.reduce((sum, { first }) => sum + bytesOf(first), 0) / blocks.length;
    const all = manifest().sections.find(({ kind }) => kind === 'small').parts;
    t.diagnostic(`${mean.toFixed(2)} blocks a question (at most ${most} of ${all}), ${Math.round(bytes)} bytes`);
    assert.ok(mean < 7.5, `${mean} blocks a question`);
    assert.ok(new Set(blocks.flatMap(({ first }) => first.map(({ name }) => name))).size < all);
  });

  it('are fetched once', () => {
    assert.deepEqual(blocks.flatMap(({ again }) => again), []);
  });
});
