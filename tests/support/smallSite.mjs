// Small Docusaurus sites, built for one test.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './paths.mjs';

/**
 * Builds a site of these `files`, `{ path: text }`, whose front page is `docs/index.md`, with the search by words alone
 * that `options` of the plugin change, and with other `plugins`. What it gives has `folder`, where the built site is,
 * and `remove`.
 */
export async function buildSmallSite({ files, docs = {}, options = {}, plugins = [] }) {
  // Inside of www, where Node finds Docusaurus and the package.
  const site = mkdtempSync(join(ROOT, 'www/.lectern-small-site-'));
  const remove = () => rmSync(site, { recursive: true, force: true });
  const configuration = {
    title: 'A site',
    url: 'http://localhost:3000',
    baseUrl: '/',
    future: { v4: true, faster: true },
    presets: [['classic', { docs: { routeBasePath: '/', ...docs }, blog: false, pages: false }]],
    plugins: [['lectern/docusaurus', { encoder: 'none', ...options }], ...plugins],
  };
  const all = {
    ...files,
    'docusaurus.config.js': `module.exports = ${JSON.stringify(configuration)}`,
    'package.json': JSON.stringify({ private: true }),
  };
  try {
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(site, path)), { recursive: true });
      writeFileSync(join(site, path), text);
    }
    await promisify(execFile)('npx', ['docusaurus', 'build', site], { cwd: join(ROOT, 'www/site') });
    return { folder: join(site, 'build'), remove };
  } catch (error) {
    remove();
    throw new Error(`the site was not built: ${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}
