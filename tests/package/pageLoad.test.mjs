// What the plugin adds to the load of a page, before a reader turns to it: a site built without and with it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { serve } from '../../scripts/serve.mjs';
import { launch } from '../support/chromium.mjs';
import { ROOT } from '../support/paths.mjs';

const BUDGET = 6000;

// In a site of few pages Docusaurus puts what two parts share into every page; those are not the sites that search is for.
const PAGES = 60;

// Everything that a site can switch on, since each part has something that is there from the start. Words alone need no
// model, and what they need before the first search is the same.
const OPTIONS = { encoder: 'none', offline: true, relayUrl: '/relay' };

const configuration = (plugins) => `module.exports = ${JSON.stringify({
  title: 'A site',
  url: 'http://localhost:3000',
  baseUrl: '/',
  future: { v4: true, faster: true },
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false, pages: false }]],
  plugins,
})}`;

describe('a page load, before the focus', () => {
  let folder;
  let browser;
  let without;
  let withPlugin;
  before(async () => {
    // Inside of www, where Node finds Docusaurus and the package.
    folder = mkdtempSync(join(ROOT, 'www/.lectern-page-load-'));
    browser = await launch();
    without = await loaded(built('without', []));
    withPlugin = await loaded(built('with', [['lectern/docusaurus', OPTIONS]]));
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`has at most ${BUDGET} bytes more of script, as hosts compress it`, (t) => {
    const [own, bare] = [withPlugin, without].map((resources) => compressed(resources, 'script'));
    t.diagnostic(`${own - bare} bytes of script, ${compressed(withPlugin, 'stylesheet') - compressed(without, 'stylesheet')} of styles`);
    assert.ok(bare > 50_000, 'the site has scripts of its own');
    assert.ok(own > bare && own - bare <= BUDGET, `${own - bare} bytes, at most ${BUDGET}`);
  });

  it('asks for nothing else: no index, no WebAssembly, no worker', () => {
    const kinds = (resources) => new Set(resources.map(({ url }) => extname(new URL(url).pathname)));
    assert.deepEqual(kinds(withPlugin), kinds(without));
    assert.deepEqual(withPlugin.filter(({ url }) => url.includes('/lectern/')), []);
  });

  /** A site, as `docusaurus build` leaves it. */
  function built(name, plugins) {
    const site = join(folder, name);
    mkdirSync(join(site, 'docs'), { recursive: true });
    for (let number = 0; number < PAGES; number += 1) {
      writeFileSync(join(site, `docs/page${number}.md`), `---\nslug: /${number || ''}\n---\n\n# Page ${number}\n\nA paragraph.\n`);
    }
    writeFileSync(join(site, 'docusaurus.config.js'), configuration(plugins));
    writeFileSync(join(site, 'package.json'), JSON.stringify({ private: true }));
    execFileSync('npx', ['docusaurus', 'build', site], { cwd: join(ROOT, 'www/site'), stdio: 'pipe' });
    return join(site, 'build');
  }

  /** What the browser fetches for a page until it is at rest: `{ url, type, body }`. */
  async function loaded(site) {
    const server = await serve({ '/': site });
    const context = await browser.newContext();
    try {
      const responses = [];
      context.on('response', (response) => responses.push(response));
      const page = await context.newPage();
      await page.goto(server.url);
      await page.waitForLoadState('networkidle');
      return await Promise.all(
        responses.map(async (response) => ({
          url: response.url(),
          type: response.request().resourceType(),
          body: await response.body(),
        })),
      );
    } finally {
      await context.close();
      await server.close();
    }
  }
});

function compressed(resources, wanted) {
  return resources
    .filter(({ type }) => type === wanted)
    .reduce((sum, { body }) => sum + brotliCompressSync(body).length, 0);
}
