import { describe, expect, it } from 'vitest';
import { cover } from '../src/search/cover.js';
import { readFilters, sectionsIn, withinOf, writeFilters } from '../src/search/filters.js';
import { versionsAt, versionsOf } from '../src/search/versions.js';

const DOCS = {
  default: {
    versions: [
      { name: 'current', label: 'Next', path: '/book/docs/next', isLast: false },
      { name: '2.0', label: '2.0', path: '/book/docs', isLast: true },
      { name: '1.0', label: '1.0', path: '/book/docs/1.0', isLast: false },
    ],
  },
  api: { versions: [{ name: 'current', label: 'Next', path: '/book/api', isLast: true }] },
};
const PAGES = [
  '',
  'blog/a',
  'docs',
  'docs/intro',
  'docs/next',
  'docs/next/intro',
  'docs/1.0/intro',
  'api/x',
];
const none = () => undefined;

describe('places that cover pages', () => {
  it('are folders where all below is wanted, and single pages where it is not', () => {
    expect(cover(['docs/a/x', 'docs/a/y'], ['docs/b'])).toEqual(['docs/a']);
    expect(cover(['docs', 'docs/a/x'], ['docs/b'])).toEqual(['docs#', 'docs/a']);
    expect(cover(['', 'a'], ['b'])).toEqual(['#', 'a']);
  });

  it('are everything where nothing is to be left out, and none where nothing is wanted', () => {
    expect(cover(['a', 'b/c'], [])).toEqual(['']);
    expect(cover([], ['a'])).toEqual([]);
  });

  it('tell names apart that begin alike', () => {
    expect(cover(['docs/intro'], ['docs/intro-2'])).toEqual(['docs/intro']);
  });
});

describe('the versions of a site', () => {
  const choices = versionsOf(DOCS, '/book/');

  it('are a choice only where there are several', () => {
    expect(choices.map(({ instance }) => instance)).toEqual(['default']);
    expect(versionsOf(undefined, '/')).toEqual([]);
  });

  it('begin with the one that is read, else the one chosen last, else the latest', () => {
    const at = (path: string, preferred: (instance: string) => string | undefined = none) =>
      versionsAt(choices, path, preferred).map(({ id }) => id);
    expect(at('docs/1.0/intro')).toEqual(['1.0']);
    expect(at('docs/next/intro')).toEqual(['current']);
    expect(at('docs/intro', () => '1.0')).toEqual(['2.0']);
    expect(at('blog/a', () => '1.0')).toEqual(['1.0']);
    expect(at('blog/a')).toEqual(['2.0']);
  });

  it('at the base URL itself own their documents alone', () => {
    const docs = [{ path: '/' }, { path: '/intro/' }, { path: '/hands/a' }];
    const last = { name: '1.0', label: '1.0', path: '/', isLast: true, docs };
    const next = { name: 'current', label: 'Next', path: '/next', isLast: false };
    const atRoot = versionsOf({ default: { versions: [next, last] } }, '/');
    const at = (path: string) => versionsAt(atRoot, path, () => 'current').map(({ id }) => id);
    expect(['', 'intro', 'hands', 'next/intro'].flatMap((path) => at(path))).toEqual([
      '1.0',
      '1.0',
      '1.0',
      'current',
    ]);
    expect(at('search')).toEqual(['current']);
    const pages = ['', 'intro', 'next', 'next/intro', 'blog'];
    expect(withinOf(undefined, atRoot, versionsAt(atRoot, 'next', none), () => pages)).toEqual([
      'next',
      'blog',
    ]);
  });

  it('hide one another and nothing else', () => {
    const within = (id: string) => {
      const shown = choices[0]!.versions.filter((version) => version.id === id);
      return withinOf(undefined, choices, shown, () => PAGES);
    };
    expect(within('2.0')).toEqual(['#', 'blog', 'docs#', 'docs/intro', 'api']);
    expect(within('1.0')).toEqual(['#', 'blog', 'docs/1.0', 'api']);
  });

  it('leave a site without them as it is', () => {
    expect(withinOf(undefined, [], [], () => PAGES)).toBeUndefined();
  });

  it('have sections of their own', () => {
    const sections = ['docs/a', 'docs/1.0/a', 'api/b'].map((id) => ({
      id,
      label: id,
      within: [id],
    }));
    const shown = versionsAt(choices, 'docs/1.0/a', none);
    expect(sectionsIn(sections, choices, shown).map(({ id }) => id)).toEqual([
      'docs/1.0/a',
      'api/b',
    ]);
    expect(withinOf(sections[1], choices, shown, () => PAGES)).toEqual(['docs/1.0/a']);
  });
});

describe('filters in an address', () => {
  it('are read as they were written, beside what else it has', () => {
    const parameters = new URLSearchParams('q=x&version=old');
    writeFilters(parameters, { section: 'docs/a', locale: 'ur' });
    expect(parameters.toString()).toBe('q=x&section=docs%2Fa&locale=ur');
    expect(readFilters(parameters)).toEqual({ section: 'docs/a', locale: 'ur' });
    expect(readFilters(new URLSearchParams('section='))).toEqual({});
  });
});
