import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../src/docusaurus/messages.js';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));
const CLIENT_FOLDERS = ['client', 'react', 'theme'];
const SERVER_MODULES = new Set([
  ...builtinModules,
  '@docusaurus/utils',
  '@docusaurus/utils-validation',
]);
const IMPORT = /(?:from|import|import\()\s*'([^']+)'/g;

/** The sources below a folder, with their text. */
function sources(folder: string): { file: string; text: string }[] {
  return readdirSync(join(SRC, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ file: relative(SRC, path), text: readFileSync(path, 'utf8') }));
}

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

  it('loads the dialog, and the client with it, only when asked', () => {
    const button = readFileSync(join(SRC, 'theme/SearchBar/index.tsx'), 'utf8');
    expect(button).toContain("import('@theme/SearchBar/Dialog')");
    expect(imports(button).filter((name) => name.startsWith('lectern'))).toEqual([]);
    expect(button).not.toMatch(/import (?!type)[^;]*SearchBar\/Dialog'/);
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

  it('of the theme have the texts that are offered for translation', () => {
    const CALL = /id: '(theme\.SearchBar\.\w+)',\s*message:\s*'([^']*)'/g;
    const used = sources('theme').flatMap(({ text }) =>
      [...text.matchAll(CALL)].map(([, id, message]) => [id, message] as const),
    );
    expect(Object.fromEntries(used)).toEqual(MESSAGES);
  });
});
