import { describe, expect, it } from 'vitest';
import { languages, messagesFor, messagesIn } from '../src/docusaurus/messages.js';
import { sources } from './sources.js';

const CALL = /id: '(theme\.\w+\.\w+)',\s*message:\s*'([^']*)'/g;

describe('the texts of the interface', () => {
  const own = messagesIn('en');

  it('in English are those of the components', () => {
    const used = sources('theme').flatMap(({ text }) =>
      [...text.matchAll(CALL)].map(([, id, message]) => [id, message] as const),
    );
    expect(Object.fromEntries(used)).toEqual(own);
  });

  it('are all found by their call', () => {
    const calls = sources('theme').reduce(
      (sum, { text }) => sum + text.split('translate(').length - 1,
      0,
    );
    const found = sources('theme').reduce(
      (sum, { text }) => sum + [...text.matchAll(CALL)].length,
      0,
    );
    expect(found).toBe(calls);
  });

  it.each(languages())('are complete in %s, and name the same things', (language) => {
    const texts = messagesIn(language);
    expect(Object.keys(texts).sort()).toEqual(Object.keys(own).sort());
    for (const [id, text] of Object.entries(texts)) {
      expect(placeholders(text), id).toEqual(placeholders(own[id]!));
      expect(text.trim(), id).not.toBe('');
    }
  });

  it('are not sent to readers of English, whose pages have them', () => {
    expect(messagesFor('en')).toEqual({});
    expect(messagesFor('en-GB')).toEqual({});
  });

  it('are none in a language that nobody has translated them to', () => {
    expect(messagesFor('../en')).toEqual({});
    expect(messagesFor('xx')).toEqual({});
  });
});

/** What is put into a text, in the order of its names. */
function placeholders(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort();
}
