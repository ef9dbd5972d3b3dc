// A site whose documents have two versions: the one that is read is searched, unless a reader chooses the other.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from '../support/chromium.mjs';
import { buildSmallSite } from '../support/smallSite.mjs';
import { host } from './host.mjs';
import * as on from './site.mjs';

const QUERY = 'gripper';
const sidebar = JSON.stringify({ docs: ['index', { type: 'category', label: 'Hands', items: ['hands/gripper'] }] });
const pages = (version) => ({
  'index.md': `---\nslug: /\n---\n\n# Start\n\nThe manual of ${version}, from its start.\n`,
  'hands/gripper.md': `# Gripper\n\nThe gripper of ${version} closes its fingers with a force that its motors measure.\n`,
});
const below = (folder, files) => Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

/** The documents as they are being written, at `/next`, and those of the last version, at the site's root. */
const FILES = {
  ...below('docs', pages('the coming version')),
  ...below('versioned_docs/version-1.0', pages('version one')),
  'versions.json': '["1.0"]',
  'versioned_sidebars/version-1.0-sidebars.json': sidebar,
  'sidebars.json': sidebar,
};

describe('a site with two versions of its documents', () => {
  let built;
  let site;
  let browser;
  before(async () => {
    built = await buildSmallSite({ files: FILES, docs: { sidebarPath: './sidebars.json' } });
    site = await host({ folder: built.folder });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
    built?.remove();
  });

  it('searches the one that is read', async () => {
    for (const [path, version, results] of [['', '1.0', ['/hands/gripper']], ['next/', 'current', ['/next/hands/gripper']]]) {
      const page = await open(path);
      await on.search(page, QUERY);
      assert.equal(await filter(page).inputValue(), version);
      assert.deepEqual(await found(page), results);
    }
  });

  it('searches the other when that is chosen, and its sections with it', async () => {
    const page = await open('hands/gripper');
    await on.search(page, QUERY);
    assert.deepEqual(await filter(page).locator('option').allInnerTexts(), ['Next', '1.0']);
    await filter(page).selectOption('Next');
    await page.locator('[role=option][href*="/next/"]').first().waitFor();
    assert.deepEqual(await found(page), ['/next/hands/gripper']);
    await page.getByLabel('Section').selectOption('Hands');
    assert.equal(await page.getByLabel('Section').inputValue(), 'next/hands');
    await page.waitForFunction(() => document.querySelectorAll('[role=group] > [role=option]').length === 1);
    assert.deepEqual(await found(page), ['/next/hands/gripper']);
    await filter(page).selectOption('1.0');
    await page.locator('[role=option][href^="/hands/"]').first().waitFor();
    assert.deepEqual(await found(page), ['/hands/gripper']);
  });

  it('leads from the dialog to a page of results of the same version', async () => {
    const page = await open('next/hands/gripper');
    await on.search(page, QUERY);
    await on.allOption(page).click();
    await page.waitForURL(/\/search\?/);
    assert.deepEqual(await linked(page), ['/next/hands/gripper']);
  });

  it('searches on its page of results the version in the address, else the one chosen last, else the latest', async () => {
    const page = await open(`search?q=${QUERY}`);
    assert.deepEqual(await linked(page), ['/hands/gripper']);
    await page.evaluate(() => localStorage.setItem('docs-preferred-version-default', 'current'));
    await page.reload();
    assert.deepEqual(await linked(page), ['/next/hands/gripper']);
    await page.goto(`${site.root}search?q=${QUERY}&version=1.0`);
    assert.deepEqual(await linked(page), ['/hands/gripper']);
  });

  async function open(path) {
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await on.visit(page, site.root + path);
    return page;
  }
});

const filter = (page) => page.getByLabel('Version');

/** The pages that the dialog's options lead to. */
const found = (page) => pathsOf(on.options(page));

/** The pages that the page of results lists. */
async function linked(page) {
  const links = page.getByRole('main').locator('a[href*="gripper"]');
  await links.first().waitFor();
  return pathsOf(links);
}

async function pathsOf(links) {
  const paths = await links.evaluateAll((all) => all.map(({ href }) => new URL(href).pathname));
  return [...new Set(paths)].filter((path) => path.endsWith('gripper'));
}
