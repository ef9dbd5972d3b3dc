import { describe, expect, it } from 'vitest';
import { GrowingMarkdown } from '../src/markdown/index.js';
import { lex, LONGEST, LONGEST_INLINE } from '../src/markdown/lex.js';
import { decoded, safeHref } from '../src/markdown/links.js';

const MEGABYTE = 1_000_000;

/** All tokens in a tree of them. */
function flat(tokens: unknown[]): { type: string; raw: string }[] {
  return tokens.flatMap((token) => {
    const { tokens = [], items = [] } = token as { tokens?: unknown[]; items?: unknown[] };
    return [token as { type: string; raw: string }, ...flat(tokens), ...flat(items)];
  });
}

function types(text: string): string[] {
  return flat(lex(text)).map(({ type }) => type);
}

describe('Markdown of answers', () => {
  it('has citations, which links and code are not', () => {
    const citations = flat(lex('One [1][2], `a[3]`, [4](https://a.example) and\n\n```\nb[5]\n```'));
    const found = citations.filter(({ type }) => type === 'citation').map(({ raw }) => raw);
    expect(found).toEqual(['[1]', '[2]']);
  });

  it('has mathematics as it was written', () => {
    const text = 'Where $x_i^* = a_1 * b_2 * c$ and \\(y_{1}\\), for $5 and $6.';
    const maths = flat(lex(text)).filter(({ type }) => type === 'math');
    expect(maths.map(({ raw }) => raw)).toEqual(['$x_i^* = a_1 * b_2 * c$', '\\(y_{1}\\)']);
    expect(types(text)).not.toContain('em');
  });

  it('is the same whatever pieces it comes in', () => {
    const text =
      '# Gait\n\nA *robot* [1] walks:\n\n- first\n\n- second\n  more\n\n1. a\n2. b\n\n' +
      '| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = [1]\n\ny\n```\n\n> said\n\n' +
      'A title\n===\n\nEnd & `code`.';
    for (const size of [1, 3, 7, 50]) {
      const growing = new GrowingMarkdown();
      for (let end = size; end < text.length; end += size) growing.update(text.slice(0, end));
      expect(growing.update(text)).toEqual(lex(text));
    }
  });

  it('keeps the blocks that cannot change as the same objects', () => {
    const growing = new GrowingMarkdown();
    const [first] = growing.update('One.\n\nTwo');
    expect(growing.update('One.\n\nTwo and more')[0]).toBe(first);
    expect(growing.update('Another text')[0]).not.toBe(first);
  });

  it.each([
    ['words', 'word '],
    ['brackets', '['],
    ['links', '[a]('],
    ['images', '!['],
    ['stars', '*'],
    ['stars and letters', '*a **b _c '],
    ['underscores', '_a'],
    ['backticks', '`'],
    ['quotations', '>'],
    ['quotations by line', '> > > > > > > > > > > > > >\n'],
    ['lists', '- '],
    ['nested lists', '- a\n  - b\n'],
    ['numbers', '1. '],
    ['tables', '|a'],
    ['rows', '|a|b|\n|-|-|\n'],
    ['tags', '<a '],
    ['comments', '<!--'],
    ['autolinks', '<https://'],
    ['addresses', 'https://a.example/('],
    ['mail', 'a@b.'],
    ['entities', '&#'],
    ['dollars', '$a'],
    ['escapes', '\\('],
    ['blank lines', '\n\n \n'],
    ['fences', '```\n'],
    ['definitions', '[a]: <b\n'],
    ['citations', '[1]'],
    ['strikes', '~~a'],
  ])('that is nothing but %s is read, not tried for ever', { timeout: 30_000 }, (_, piece) => {
    const ofLength = (length: number) => piece.repeat(Math.ceil(length / piece.length));
    const block = `${ofLength(LONGEST_INLINE - 20)}\n\n`;
    for (const text of [ofLength(LONGEST), block.repeat(LONGEST / LONGEST_INLINE)]) {
      expect(() => lex(text)).not.toThrow();
    }
  });

  it('that cannot be read is shown as it is', () => {
    const text = `${'> '.repeat(5000)}deep`;
    expect(flat(lex(text)).length).toBeGreaterThan(0);
    expect(lex('x'.repeat(MEGABYTE)).length).toBe(1);
  });
});

describe('links of answers', () => {
  it.each(['https://a.example/b', 'http://a.example', 'mailto:a@b.example', '/docs', '#a', '../b'])(
    'may lead to %s',
    (href) => expect(safeHref(href)).toBe(href),
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://a.example/b',
    'file:///etc/passwd',
    'http://[',
  ])('may not lead to %j', (href) => expect(safeHref(href)).toBeUndefined());

  it('have character references read once', () => {
    expect(decoded('&lt;b&gt; &amp;lt; &#65;&#x42; &nbsp;&bogus; &#0;')).toBe(
      '<b> &lt; AB \u00a0&bogus; &#0;',
    );
  });
});
