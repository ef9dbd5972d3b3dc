import type { I18n } from '@docusaurus/types';
import { describe, expect, it } from 'vitest';
import { findPages, otherLocales } from '../src/docusaurus/pages.js';
import { folderWith } from './folders.js';

const SITE = {
  'index.html': '',
  'docs/a/index.html': '',
  'docs/b.html': '',
  'docs/drafts/c.html': '',
  'docs/fr/index.html': '',
  'fr/docs/a/index.html': '',
  'docs/.drafts/d.html': '',
  'lectern/manifest.json': '',
  'assets/x.js': '',
};

const I18N = {
  defaultLocale: 'en',
  locales: ['en', 'fr', 'de'],
  localeConfigs: { fr: { path: 'fr' }, de: { path: 'deutsch' } },
};

describe('the pages of a site', () => {
  it('are its HTML files in a fixed order, without other folders and ignored globs', async () => {
    const outDir = await folderWith(SITE);
    const pages = await findPages(outDir, { folders: ['fr'], globs: ['docs/drafts/**'] });
    expect(pages).toEqual(['docs/a/index.html', 'docs/b.html', 'docs/fr/index.html', 'index.html']);
  });

  it('are none in an empty folder', async () => {
    expect(await findPages(await folderWith({}), { folders: [], globs: [] })).toEqual([]);
  });

  it('leave out the folders of the other locales, by the path each is built into', () => {
    expect(otherLocales({ ...I18N, currentLocale: 'en' } as unknown as I18n)).toEqual([
      'fr',
      'deutsch',
    ]);
    expect(otherLocales({ ...I18N, currentLocale: 'fr' } as unknown as I18n)).toEqual([]);
  });
});
