import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digest } from '../src/offline/fetchFile.js';
import { filesOf } from '../src/offline/list.js';
import { searchScripts } from '../src/docusaurus/offline/chunks.js';
import { hashOf } from '../src/docusaurus/offline/hash.js';
import { addressesInCss, addressesInHtml } from '../src/docusaurus/offline/namedFiles.js';
import { hasServiceWorker } from '../src/docusaurus/offline/plugin.js';
import { sortFiles, type CopyOptions } from '../src/docusaurus/offline/sortFiles.js';
import { writeCopyList } from '../src/docusaurus/offline/writeCopyList.js';
import { folderWith } from './folders.js';

const SITE = {
  'index.html':
    '<link rel=icon href=/book/favicon.svg><img src="/book/img/a%20b.png"><a href=/book/big.pdf>',
  '404.html': '',
  'offline/index.html': '',
  'docs/index.html':
    '<img srcset="/book/img/c.png 1x, /book/img/d.png 2x"><video src=/book/talk.mp4>',
  'ur/index.html': '<img src=/book/img/ur.png>',
  'favicon.svg': '',
  'big.pdf': '',
  'talk.mp4': '',
  'img/a b.png': '',
  'img/c.png': '',
  'img/d.png': '',
  'img/ur.png': '',
  'img/unused.png': '',
  'lectern-sw.js': '',
  'assets/js/main.1.js': '',
  'assets/js/chapter.1.js': '',
  'assets/js/main.1.js.map': '',
  'assets/css/styles.1.css': 'a{background:url(/book/img/c.png)}',
  'assets/fonts/Text-aaaaaaaaaaaaaaaaaaaa.woff2': '',
  'assets/fonts/Text-bbbbbbbbbbbbbbbbbbbb.ttf': '',
  'assets/fonts/Old-bbbbbbbbbbbbbbbbbbbb.ttf': '',
  'assets/lectern/lectern_browser_bg.1.wasm': '',
  'assets/lectern/lectern_browser_en_bg.1.wasm': '',
  'lectern/manifest.json': '{}',
  'lectern/core.1.lectern': '',
  'lectern/terms.1.lectern': '',
  'lectern/offline.old.json': '',
};

const OPTIONS: Omit<CopyOptions, 'outDir'> = {
  baseUrl: '/book/',
  others: ['ur/'],
  searchScripts: new Set(['assets/js/main.1.js']),
  searchPages: ['404', 'offline'],
  engine: 'lectern_browser_en_bg',
  withFullEncoder: false,
};

async function sorted(options: Partial<CopyOptions> = {}) {
  const files = await sortFiles({ outDir: await folderWith(SITE), ...OPTIONS, ...options });
  const names = (part: keyof typeof files) => files[part].map(([path]) => path);
  return { search: names('search'), pages: names('pages'), precise: names('precise') };
}

describe('the files of a copy', () => {
  it('are those of search, those that pages are made of, and those of the full encoder', async () => {
    expect(await sorted()).toEqual({
      search: [
        '404.html',
        'assets/css/styles.1.css',
        'assets/js/main.1.js',
        'assets/lectern/lectern_browser_en_bg.1.wasm',
        'lectern/manifest.json',
        'lectern/terms.1.lectern',
        'offline/index.html',
      ],
      pages: [
        'assets/fonts/Old-bbbbbbbbbbbbbbbbbbbb.ttf',
        'assets/fonts/Text-aaaaaaaaaaaaaaaaaaaa.woff2',
        'assets/js/chapter.1.js',
        'docs/index.html',
        'favicon.svg',
        'img/a b.png',
        'img/c.png',
        'img/d.png',
        'index.html',
      ],
      precise: ['lectern/core.1.lectern'],
    });
  });

  it('are all scripts where nobody knows which search needs', async () => {
    expect((await sorted({ searchScripts: undefined })).search).toContain('assets/js/chapter.1.js');
  });

  it('have the full encoder with search where readers begin with it', async () => {
    const { search, precise } = await sorted({ withFullEncoder: true });
    expect(search).toContain('lectern/core.1.lectern');
    expect(precise).toEqual([]);
  });

  it('are chosen by part', () => {
    const file = (path: string) => [path, 1, 'hash'] as const;
    const files = { search: [file('a')], pages: [file('b')], precise: [file('c')] };
    const chosen = (pages: boolean, precise: boolean) =>
      filesOf({ format: 1, others: [], files }, { pages, precise }).map(([path]) => path);
    expect(chosen(false, false)).toEqual(['a']);
    expect(chosen(true, true)).toEqual(['a', 'b', 'c']);
  });

  it('are hashed by the build as by browsers', async () => {
    const bytes = new TextEncoder().encode('chapter');
    expect(await digest(bytes)).toBe(hashOf(bytes));
  });
});

describe('the list', () => {
  it('is the same for the same site, and another for another', async () => {
    const list = async (site: Record<string, string>) => {
      const outDir = await folderWith(site);
      await writeCopyList({ outDir, ...OPTIONS, ownWorker: false });
      return JSON.parse(await readFile(join(outDir, 'lectern/offline.json'), 'utf8'));
    };
    const one = await list(SITE);
    expect(await list(SITE)).toEqual(one);
    expect(one).toMatchObject({
      ownWorker: false,
      sizes: { search: { files: 7 }, precise: { files: 1 } },
    });
    expect((await list({ ...SITE, 'index.html': 'changed' })).list).not.toBe(one.list);
  });
});

describe('what pages are made of', () => {
  it('is found in their tags, however they are quoted, but not in links', () => {
    const html = `<img alt="x" src="a.png"><IMG SRC='b.png'><a href=c.pdf><source srcset="d.png, e.png 2x"><p>src="f.png"`;
    expect(addressesInHtml(html)).toEqual(['a.png', 'b.png', 'd.png', 'e.png']);
  });

  it('is found in style sheets', () => {
    expect(
      addressesInCss(`a{b:url(x.png)} @font-face{src:url( "y.woff2" ) format('woff2')}`),
    ).toEqual(['x.png', 'y.woff2']);
  });
});

describe('the scripts of search', () => {
  it('are those of every page, of workers, and those that its parts load, one from another', () => {
    const chunk = (file: string, request: string, origin: string, modules: string[] = []) => ({
      files: [file, file.replace('.js', '.css')],
      initial: false,
      origins: [{ request, moduleIdentifier: origin }],
      modules: modules.map((identifier) => ({ identifier })),
    });
    const chunks = [
      { ...chunk('main.js', '', ''), initial: true },
      { ...chunk('other-worker.js', '', ''), origins: [] },
      chunk('later.js', './Later', 'panel.tsx'),
      chunk('panel.js', '@theme/AskPanel', 'AskButton.js', ['panel.tsx']),
      chunk('worker.js', './worker.js', '/node_modules/lectern/dist/client/connection.js'),
      chunk('page.js', '@theme/DocItem', 'registry.js', ['doc.tsx']),
      chunk('diagram.js', './Diagram', 'doc.tsx'),
      chunk('stand-in.js', '@theme/OfflinePage', 'registry.js'),
    ];
    const found = searchScripts({ chunks } as never);
    expect([...found].sort()).toEqual([
      'later.js',
      'main.js',
      'other-worker.js',
      'panel.js',
      'stand-in.js',
      'worker.js',
    ]);
  });
});

describe('a site', () => {
  it.each<[unknown, boolean]>([
    ['@docusaurus/plugin-pwa', true],
    [['@docusaurus/plugin-pwa', { debug: true }], true],
    ['pwa', true],
    ['/site/node_modules/@docusaurus/plugin-pwa/lib/index.js', true],
    ['docusaurus-plugin-pwapp', false],
    [() => ({ name: 'own' }), false],
    [null, false],
  ])('with the plugin %j has a service worker: %j', (plugin, expected) => {
    expect(hasServiceWorker({ plugins: [plugin as never] })).toBe(expected);
  });
});
