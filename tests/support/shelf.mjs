// Copies of the book's shelf with something wrong in them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LECTERN, MODEL, SHELF, SITE, manifest } from './paths.mjs';

const VERSION_OFFSET = 4;

/** A copy of the shelf in a temporary folder, changed by `damage(folder)`; `remove` deletes it. */
export function damagedShelf(damage) {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-shelf-'));
  cpSync(SHELF, folder, { recursive: true });
  damage(folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The file of a section (`directory`, `cells`, `vocabulary`, `core`, `rows`). */
export function sectionFile(folder, section) {
  const name = readdirSync(folder).find((file) => file.startsWith(`${section}.`));
  if (!name) throw new Error(`the shelf in ${folder} has no section ${section}`);
  return join(folder, name);
}

/** Cuts a section's file in half, as a broken upload would. */
export function cutShort(section) {
  return (folder) => {
    const file = sectionFile(folder, section);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  };
}

/** Raises the format version that the manifest names. */
export function ofAnotherVersion(folder) {
  const file = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, version: manifest.version + 1 }));
}

/** Raises the format version in a section's own header. */
export function withSectionOfAnotherVersion(section) {
  return (folder) => {
    const file = sectionFile(folder, section);
    const stored = readFileSync(file);
    const bytes = stored.readUInt16BE(0) === 0x1f8b ? gunzipSync(stored) : stored;
    bytes.writeUInt16LE(bytes.readUInt16LE(VERSION_OFFSET) + 1, VERSION_OFFSET);
    // As a host would serve it that inflates what it takes for a compressed copy.
    writeFileSync(file, bytes);
  };
}

/** Flips a bit in the middle of a section's file. */
export function withFlippedBit(section) {
  return (folder) => {
    const file = sectionFile(folder, section);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
  };
}

/** Puts the index of the same site in its place, for search by words alone. */
export function ofWordsAlone(folder) {
  const { title } = manifest();
  emptied(folder);
  execFileSync(LECTERN, ['index', SITE, '--out', folder, '--title', title, '--words-only', '--quiet']);
}

/** Puts the index of a site of a few pages and a new one in its place, as a deploy does. */
export function deployedAnew(folder, title, text) {
  const site = mkdtempSync(join(tmpdir(), 'lectern-site-'));
  cpSync(join(SITE, 'docs/foundations'), join(site, 'docs/foundations'), { recursive: true });
  writeFileSync(join(site, 'new.html'), `<!doctype html><html lang=en><main><h1>${title}</h1><p>${text}</p></main>`);
  emptied(folder);
  const options = ['--model', MODEL, '--cache', join(site, '.vectors'), '--quiet'];
  execFileSync(LECTERN, ['index', site, '--out', folder, ...options], { stdio: 'pipe' });
  rmSync(site, { recursive: true });
}

/** Removes every file of the shelf, as a site deployed without its index would have it. */
export function emptied(folder) {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}
