import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources, SRC } from './sources.js';

const CLIENT_FOLDERS = [
  'ask',
  'client',
  'conversation',
  'found',
  'markdown',
  'offline',
  'react',
  'relay',
  'search',
  'state',
  'theme',
];
const SERVER_MODULES = new Set([
  ...builtinModules,
  '@docusaurus/utils',
  '@docusaurus/utils-validation',
]);
const IMPORT = /(?:from|import|import\()\s*'([^']+)'/g;

function imports(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1]!);
}

const CLIENT = CLIENT_FOLDERS.flatMap(sources);

describe('what runs in a browser', () => {
  it.each(CLIENT)('$file imports nothing of the server', ({ text }) => {
    const forbidden = imports(text).filter(
      (name) =>
        name.startsWith('node:') || SERVER_MODULES.has(name) || name.includes('/docusaurus/'),
    );
    expect(forbidden).toEqual([]);
  });

  it('starts its worker in the form that bundlers recognise', () => {
    const starts = CLIENT.filter(({ text }) => text.includes('new Worker('));
    expect(starts.map(({ file }) => file)).toEqual(['client/connection.ts']);
    expect(starts[0]!.text).toContain(
      "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })",
    );
  });

  it('reaches the engine from the worker alone', () => {
    const users = CLIENT.filter(({ text }) =>
      /import (?!type)[^;]*lectern_browser\.js'/.test(text),
    );
    expect(users.map(({ file }) => file)).toEqual(['client/worker.ts']);
  });

  it('loads what fills dialog and panel, and the client with it, only when asked', () => {
    const eager = [
      'AskButton',
      'CloseButton',
      'Dialog',
      'FoundHost',
      'HotkeyHint',
      'Input',
      'SearchButton',
      'SelectionOffer',
    ];
    const files = eager.map((name) => `theme/SearchBar/${name}.tsx`);
    const button = files.map((file) => readFileSync(join(SRC, file), 'utf8')).join();
    expect(button).toContain("import('@theme/SearchBar/Search')");
    expect(button).toContain("import('@theme/AskPanel')");
    expect(button).toContain("import('@theme/AskPanel/SelectionBar')");
    expect(button).toContain("import('@theme/Found')");
    expect(imports(button)).not.toContain('lectern');
    expect(button).not.toMatch(/import (?!type)[^;]*(SearchBar\/Search|AskPanel(\/\w+)?|Found)'/);
  });

  it('never sets HTML from text', () => {
    const users = CLIENT.filter(({ text }) => /dangerouslySetInnerHTML|innerHTML/.test(text));
    expect(users).toEqual([]);
  });
});

describe('the sources', () => {
  it.each([...CLIENT.filter(({ file }) => !file.startsWith('theme')), ...sources('docusaurus')])(
    '$file names the extension of every file it imports, as Node and bundlers require',
    ({ text }) => {
      const bare = imports(text).filter(
        (name) => name.startsWith('.') && !/\.(js|css)$/.test(name),
      );
      expect(bare).toEqual([]);
    },
  );

  it('of the theme import their siblings by alias, so that each can be swizzled', () => {
    const relativeImports = sources('theme').flatMap(({ text }) =>
      imports(text).filter((name) => name.startsWith('.') && !name.endsWith('.css')),
    );
    expect(relativeImports).toEqual([]);
  });
});
