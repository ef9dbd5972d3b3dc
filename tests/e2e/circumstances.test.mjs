// What a reader's browser and network can be like: policies, slow lines, the way back, several tabs, no scripts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';
const QUESTION = 'how do I keep a biped from falling over';

// Inline scripts and styles are Docusaurus' own.
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; script-src 'self' 'unsafe-inline'";

describe("a Content-Security-Policy as the package's readme asks for", () => {
  const site = on.useSite({ headers: { 'content-security-policy': `${POLICY} 'wasm-unsafe-eval'; worker-src 'self'` } });

  it('holds nothing back', async () => {
    const refused = [];
    const page = await site.open(PAGE, { prepare: (opening) => opening.on('console', (entry) => refused.push(entry.text())) });
    await on.search(page, QUESTION);
    await on.waitForStage(page, 'meaning');
    assert.deepEqual(refused.filter((text) => /Content.Security.Policy/i.test(text)), []);
  });
});

describe('a Content-Security-Policy that forbids WebAssembly', () => {
  const site = on.useSite({ headers: { 'content-security-policy': POLICY } });

  it('leaves a search box that says what to do', async () => {
    const page = await site.open(PAGE);
    await on.openSearch(page);
    assert.match(await on.alert(page).innerText(), /WebAssembly.*(allow|update)/is);
    await on.accessible(page);
    await on.screenshot(page, 'wasm-forbidden');
  });
});

describe('a slow line', () => {
  const site = on.useSite({ proxied: true });
  const SLOW_3G = { delay: 400, rate: 50_000 };

  it('says that it is loading, and searches what is typed meanwhile as soon as it can', async () => {
    const page = await site.open(PAGE);
    Object.assign(site.front, SLOW_3G);
    try {
      await on.openSearch(page);
      await on.box(page).fill(QUESTION);
      await on.dialog(page).getByText('Loading the index…').waitFor();
      await on.screenshot(page, 'slow-line');
      await on.options(page).first().waitFor();
      await on.waitForStage(page, 'meaning');
    } finally {
      Object.assign(site.front, { delay: 0, rate: Infinity });
    }
    await on.dialog(page).getByText('Searching by words and meaning').waitFor();
    assert.equal(await on.alert(page).count(), 0);
  });
});

describe('the way back', () => {
  // Playwright switches the cache off, since most of its own tests cannot have it.
  const site = on.useSite({}, () => [[], { ignoreDefaultArgs: ['--disable-back-forward-cache'] }]);

  it('to a page that the browser has kept finds the dialog as it was, and a search that goes on', async () => {
    const page = await site.open(PAGE);
    await on.search(page, 'quaternion');
    await on.waitForStage(page, 'meaning');
    await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => (globalThis.wasKept = persisted)));
    await page.goto(`${site.root}favicon.svg`);
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForFunction(() => globalThis.wasKept === true);
    assert.equal(await on.box(page).inputValue(), 'quaternion');
    await on.box(page).fill(QUESTION);
    await page.waitForFunction(() => document.querySelector('[role=group] > [role=option]')?.href.includes('foundations/balance'));
  });
});

describe('two tabs', () => {
  const site = on.useSite();

  it('search side by side', async () => {
    const page = await site.open(PAGE);
    const beside = await site.open('docs/intro', { beside: page });
    await Promise.all([on.search(page, 'quaternion'), on.search(beside, 'gazebo plugin')]);
    await Promise.all([page, beside].map((each) => on.waitForStage(each, 'meaning')));
    assert.match(await on.options(page).first().innerText(), /quaternion/i);
    assert.match(await on.options(beside).first().innerText(), /gazebo|plugin/i);
  });
});

describe('a browser without JavaScript', () => {
  const site = on.useSite();

  it('shows the page, says that search needs it, and has no buttons that do nothing', async () => {
    const page = await site.open(PAGE, { javaScriptEnabled: false });
    const note = page.locator('nav noscript');
    await note.waitFor();
    assert.equal(await note.innerText(), 'Search needs JavaScript');
    assert.equal(await on.searchButton(page).count(), 0);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await on.screenshot(page, 'no-javascript');
  });
});
