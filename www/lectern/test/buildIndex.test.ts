import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { I18n } from '@docusaurus/types';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildIndex } from '../src/docusaurus/buildIndex.js';
import { DEFAULT_OPTIONS } from '../src/docusaurus/options.js';
import { folderWith } from './folders.js';

const made: unknown[][] = [];

/** An indexer that can do what an index of words alone needs. */
class FakeIndexer {
  private pages = 0;

  constructor(...options: unknown[]) {
    made.push(options);
  }

  addPage(): void {
    this.pages += 1;
  }

  finish() {
    const files = [{ name: 'manifest.json', bytes: new Uint8Array([1]) }];
    const summary = { pages: this.pages, passages: 7, bytes: 1, warnings: [], skipped: [] };
    return { files, summary };
  }
}

vi.mock('../src/model/wasm.js', () => ({ loadIndexer: () => ({ Indexer: FakeIndexer }) }));

describe('an index of words alone', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('asks for no model and embeds nothing', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.stubEnv('LECTERN_MODEL', '/no/such/model');
    const siteDir = await folderWith({ 'build/index.html': '', 'build/a.html': '' });
    const outDir = join(siteDir, 'build');
    const i18n = { currentLocale: 'en', defaultLocale: 'en', locales: ['en'] } as unknown as I18n;
    const options = { ...DEFAULT_OPTIONS, encoder: 'none' as const };
    await buildIndex({ outDir, siteDir, title: 'A book', i18n, options });
    expect(made).toEqual([[undefined, { title: 'A book', encoders: 'none', priors: {} }]]);
    expect(await readdir(join(outDir, 'lectern'))).toEqual(['manifest.json']);
    expect(write).toHaveBeenCalledWith(
      expect.stringContaining('2 pages, 7 passages (by words alone)'),
    );
  });

  it('is the only one that needs no model', async () => {
    vi.stubEnv('LECTERN_MODEL', '/no/such/model');
    const siteDir = await folderWith({ 'build/index.html': '' });
    const job = {
      outDir: join(siteDir, 'build'),
      siteDir,
      title: 'A book',
      i18n: {} as I18n,
      options: DEFAULT_OPTIONS,
    };
    await expect(buildIndex(job)).rejects.toThrow("Lectern's model is missing");
  });
});
