import type { AllContent } from '@docusaurus/types';
import { describe, expect, it } from 'vitest';
import { openSearchDescription, openSearchTag } from '../src/docusaurus/openSearch.js';
import { sectionsOf } from '../src/docusaurus/sections.js';
import { settled } from '../src/search/settled.js';
import type { SearchResponse } from '../src/client/index.js';

const SITE = {
  baseUrl: '/book/',
  siteConfig: { title: 'Cats & "dogs" <1>', url: 'https://a.example', favicon: 'favicon.svg' },
};

describe('the OpenSearch description', () => {
  it('leads to the search page of the site, with the query', () => {
    const description = openSearchDescription(SITE, 'search');
    expect(description).toContain('template="https://a.example/book/search?q={searchTerms}"');
    expect(description).toContain('template="https://a.example/book/opensearch.xml"');
    expect(description).toContain('<Image>https://a.example/book/favicon.svg</Image>');
    expect(openSearchTag(SITE).attributes).toMatchObject({ href: '/book/opensearch.xml' });
  });

  it('takes a title as text', () => {
    const description = openSearchDescription(SITE, 'search');
    expect(description).toContain('<ShortName>Cats &amp; &quot;dogs&quot; &lt;1&gt;</ShortName>');
  });

  it('does without an icon', () => {
    const siteConfig = { ...SITE.siteConfig, favicon: undefined };
    expect(openSearchDescription({ ...SITE, siteConfig }, 'search')).not.toContain('Image');
  });
});

describe('the sections of a site', () => {
  const doc = (id: string) => ({ id, permalink: `/book/docs/${id}` });
  const version = {
    docs: ['intro', 'a/x', 'a/deep/y', 'b', 'b-more'].map(doc),
    sidebars: {
      main: [
        { type: 'doc', id: 'intro' },
        {
          type: 'category',
          label: 'A',
          link: { type: 'generated-index', permalink: '/book/docs/category/a' },
          items: [
            { type: 'doc', id: 'a/x' },
            { type: 'category', label: 'Deep', items: [{ type: 'doc', id: 'a/deep/y' }] },
          ],
        },
        {
          type: 'category',
          label: 'B',
          link: { type: 'doc', id: 'b' },
          items: [{ type: 'doc', id: 'b-more' }],
        },
        { type: 'category', label: 'Links', items: [{ type: 'link' }] },
      ],
    },
  };
  const content = { 'docusaurus-plugin-content-docs': { default: { loadedVersions: [version] } } };

  it('are the categories that its sidebars begin with', () => {
    expect(sectionsOf(content as unknown as AllContent, '/book/')).toEqual([
      { id: 'docs/a', label: 'A', within: ['docs/category', 'docs/a'] },
      { id: 'docs/b', label: 'B', within: ['docs/b', 'docs/b-more'] },
    ]);
  });

  it('are none without documents', () => {
    expect(sectionsOf({}, '/')).toEqual([]);
  });
});

describe('a better answer under a reader’s pointer', () => {
  const response = (pages: [string, number[]][]) =>
    ({
      query: 'q',
      pages: pages.map(([url, hits]) => ({
        url,
        title: url,
        hits: hits.map((passage) => ({ passage })),
      })),
    }) as unknown as SearchResponse;
  const order = ({ pages }: SearchResponse) =>
    pages.map(({ url, hits }) => [url, hits.map(({ passage }) => passage)]);

  it('keeps what is shown in its place and adds what is new after it', () => {
    const shown = response([
      ['a', [1, 2]],
      ['b', [3]],
    ]);
    const better = response([
      ['c', [7]],
      ['b', [4, 3]],
      ['a', [2]],
    ]);
    expect(order(settled(shown, better))).toEqual([
      ['a', [1, 2]],
      ['b', [3, 4]],
      ['c', [7]],
    ]);
  });
});
