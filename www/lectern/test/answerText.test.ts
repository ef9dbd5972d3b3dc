import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import AnswerText from '../src/theme/AskPanel/AnswerText.js';
import { PASSAGE } from './asking.js';

vi.mock('lectern/markdown', () => import('../src/markdown/index.js'));
vi.mock('@theme/AskPanel/AnswerText', () => import('../src/theme/AskPanel/AnswerText.js'));
vi.mock('@theme/AskPanel/Blocks', () => import('../src/theme/AskPanel/Blocks.js'));
vi.mock('@theme/AskPanel/Inline', () => import('../src/theme/AskPanel/Inline.js'));
vi.mock('@theme/AskPanel/Code', () => ({
  default: ({ text }: { text: string }) => createElement('pre', {}, text),
}));
vi.mock('@theme/AskPanel/Citation', () => ({
  default: ({ source }: { source: { number: number } }) =>
    createElement('a', { className: 'cite' }, source.number),
}));
vi.mock('@docusaurus/Translate', () => ({
  translate: ({ message }: { message: string }) => message,
}));

const SOURCES = [{ ...PASSAGE, number: 1 }];

/** What an answer is drawn as. */
function html(text: string): string {
  return renderToStaticMarkup(
    createElement(AnswerText, { text, sources: SOURCES, streaming: false }),
  );
}

describe('an answer', () => {
  it('has text, lists, tables and code', () => {
    const drawn = html(
      '# A\n\n*b* **c** ~~d~~ `e`\n\n- f\n- g\n\n3. h\n\n|i|j|\n|-|-|\n|k|l|\n\n```py\nm\n```',
    );
    for (const part of [
      '<h4 dir="auto">A</h4>',
      '<em>b</em> <strong>c</strong> <del>d</del> <code dir="ltr">e</code>',
      '<li dir="auto">f</li>',
      '<ol start="3">',
      '<td dir="auto">k</td>',
      '<pre>m</pre>',
    ]) {
      expect(drawn).toContain(part);
    }
  });

  it('cites the sources that there are; other numbers are text', () => {
    const drawn = html('So [1], not [7].');
    expect(drawn).toContain('So\u00a0<a class="cite">1</a>, not\u00a0[7].');
  });

  it('never has HTML, scripts or images of its text', () => {
    const drawn = html(
      '<script>a()</script>\n\n<img src=x onerror=a()> <b>c</b>\n\n[d](javascript:a()) ' +
        '![e](https://f.example/g.png) [h](data:text/html,i)\n\n<svg/onload=a()>\n\n[j](<javascript:a()>)',
    );
    expect(drawn).not.toMatch(/<(script|img|svg|b|iframe)\b/);
    expect(drawn).not.toMatch(/href="(javascript|data):/);
    expect(drawn).toContain('&lt;script&gt;a()&lt;/script&gt;');
    expect(drawn).toContain('href="https://f.example/g.png"');
  });

  it('of a megabyte is cut, with a note', () => {
    const drawn = html('word '.repeat(200_000));
    expect(drawn.length).toBeLessThan(60_000);
    expect(drawn).toContain('longer than can be shown');
  });

  it('keeps mathematics as it was written', () => {
    expect(html('It is $a_1 * b_2 * c$.')).toContain('<span dir="ltr">$a_1 * b_2 * c$</span>');
  });
});
