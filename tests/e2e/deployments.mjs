// A site that is deployed, deployed anew and taken from the network, and a reader whose browser can be restarted.
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { serve } from '../../scripts/serve.mjs';
import { writeCopyList } from '../../www/lectern/dist/docusaurus/offline/writeCopyList.js';
import { launchProfile } from '../support/chromium.mjs';
import { front } from '../support/front.mjs';
import { SITE } from '../support/paths.mjs';
import { searchButton } from './site.mjs';

const VIEWPORT = { width: 1280, height: 800 };

/**
 * A copy of a build below `base`, served while the surrounding suite runs. Every test has a browser profile of its own,
 * and the network and the site as they were.
 */
export function useDeployments({ folder = SITE, base = '/' } = {}) {
  let server;
  let profile;
  const world = {
    deployed: undefined,
    front: undefined,
    context: undefined,
    get root() {
      return world.front.url + base;
    },
    /** Paths below the base URL that were asked for, in order. */
    get asked() {
      return world.front.requests.map(({ path }) => decodeURIComponent(path.split('?')[0].slice(base.length)));
    },
    /** A page of the reader's browser, hydrated; `prepare(page)` runs before anything is loaded. */
    async open(path = '', { prepare, ...options } = {}) {
      profile ??= mkdtempSync(join(tmpdir(), 'lectern-profile-'));
      world.context ??= await launchProfile(profile, { viewport: VIEWPORT, ...options });
      world.context.setDefaultTimeout(40_000);
      const page = await world.context.newPage();
      await prepare?.(page);
      await page.goto(world.root + path);
      await searchButton(page).locator('kbd').first().waitFor({ state: 'attached' });
      return page;
    },
    /** Ends the browser; the next page is opened in one that has its profile. */
    async quit() {
      await world.context.close();
      world.context = undefined;
    },
    /** Takes the network away, or parts of it, from now on. */
    cutOff(paths = /./) {
      world.front.down = paths;
      world.front.cut(paths);
    },
    /** Deploys the site anew: a text in place of another, a style sheet of another name; `remove` takes it back. */
    async deploy(before, after) {
      const kept = mkdtempSync(join(tmpdir(), 'lectern-before-'));
      cpSync(world.deployed, kept, { recursive: true });
      await deployAnew(world.deployed, base, before, after);
      return () => {
        rmSync(world.deployed, { recursive: true });
        renameSync(kept, world.deployed);
      };
    },
  };
  before(async () => {
    world.deployed = mkdtempSync(join(tmpdir(), 'lectern-deployed-'));
    cpSync(folder, world.deployed, { recursive: true });
    server = await serve({ [base]: world.deployed });
    world.front = await front({ '/': { url: server.url } });
  });
  afterEach(async () => {
    await world.context?.close();
    world.context = undefined;
    if (profile) rmSync(profile, { recursive: true, force: true });
    profile = undefined;
    Object.assign(world.front, { down: undefined, delay: 0 });
    world.front.requests.length = 0;
  });
  after(async () => {
    await world.front?.close();
    await server?.close();
    rmSync(world.deployed, { recursive: true, force: true });
  });
  return world;
}

/** The list of what a copy has, as the site is now. */
export function listOf(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, 'lectern', name), 'utf8'));
  return read(read('offline.json').list);
}

/** The name of the style sheet. */
export function sheetOf(folder) {
  return readdirSync(join(folder, 'assets/css'))[0];
}

async function deployAnew(folder, base, from, to) {
  const { files, others } = listOf(folder);
  const sheet = sheetOf(folder);
  const newSheet = sheet.replace(/\.\w+\.css$/, `.${Date.now().toString(16)}.css`);
  renameSync(join(folder, 'assets/css', sheet), join(folder, 'assets/css', newSheet));
  writeFileSync(join(folder, 'assets/css', newSheet), `${readFileSync(join(folder, 'assets/css', newSheet))}\n/* new */`);
  const pages = [...files.search, ...files.pages].map(([path]) => path).filter((path) => path.endsWith('.html'));
  for (const page of pages) {
    const text = readFileSync(join(folder, page), 'utf8');
    writeFileSync(join(folder, page), text.replaceAll(sheet, newSheet).replaceAll(from, to));
  }
  for (const name of readdirSync(join(folder, 'lectern'))) if (name.startsWith('offline.')) rmSync(join(folder, 'lectern', name));
  const searchScripts = new Set(files.search.map(([path]) => path));
  const searchPages = ['404', 'offline', 'search'];
  const engine = files.search.map(([path]) => /(lectern_browser\w*)\.\w+\.wasm$/.exec(path)?.[1]).find(Boolean);
  await writeCopyList({ outDir: folder, baseUrl: base, others, searchScripts, searchPages, engine, withFullEncoder: false, ownWorker: true });
}
