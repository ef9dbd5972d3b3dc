// The page of all results: its address, the way back to it, filters, and the browser's own search field.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SITE, SITE_AT_BOOK } from '../support/paths.mjs';
import * as on from './site.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const results = (page) => page.locator('main section a');
const field = (page) => page.getByRole('searchbox');

for (const [base, folder] of [['/', SITE], ['/book/', SITE_AT_BOOK]]) {
  describe(`the search page at ${base}`, () => {
    const site = on.useSite({ folder, base });

    it('has the results of the query in its address, opened cold', async () => {
      const page = await site.open('search?q=capture+point');
      await results(page).first().waitFor();
      assert.equal(await field(page).inputValue(), 'capture point');
      await page.waitForFunction(() => document.title.startsWith('Search results for “capture point” |'));
      assert.equal(await page.locator('meta[name=robots]').getAttribute('content'), 'noindex, follow');
      const target = await results(page).first().evaluate((link) => link.href);
      assert.ok(target.startsWith(site.root), target);
      await results(page).first().click();
      await page.getByText('The passage is highlighted').waitFor();
      assert.equal(page.url(), target);
    });

    it('is reached from the dialog', async () => {
      const page = await site.open();
      await on.search(page, 'quaternion');
      await on.allOption(page).click();
      await page.waitForURL(`${site.root}search?q=quaternion`);
      await results(page).first().waitFor();
    });

    it('is what the browser’s search field leads to', async () => {
      const page = await site.open();
      const tag = page.locator('link[rel=search]');
      assert.equal(await tag.getAttribute('type'), 'application/opensearchdescription+xml');
      const description = await page.request.get(new URL(await tag.getAttribute('href'), page.url()).href);
      assert.equal(description.status(), 200);
      const [, template] = (await description.text()).match(/template="([^"]*\{searchTerms\})"/);
      assert.equal(template, `http://localhost:3000${base}search?q={searchTerms}`);
    });
  });
}

describe('the search page', () => {
  const site = on.useSite();

  it('brings back query, results and place on the way back', async () => {
    const page = await site.open('search?q=robot');
    await results(page).nth(8).waitFor();
    await on.waitForStage(page, 'meaning');
    await page.getByRole('button', { name: 'More results' }).click();
    await results(page).nth(25).waitFor();
    await results(page).nth(25).scrollIntoViewIfNeeded();
    const place = await page.evaluate(() => scrollY);
    assert.ok(place > 300);
    const href = await results(page).nth(25).evaluate((link) => link.href);
    await results(page).nth(25).click();
    await page.locator('article').waitFor();
    await page.goBack();
    await results(page).nth(25).waitFor();
    await page.waitForFunction((wanted) => Math.abs(scrollY - wanted) < 200, place);
    assert.equal(await field(page).inputValue(), 'robot');
    assert.ok((await results(page).evaluateAll((links) => links.map(({ href }) => href))).includes(href));
  });

  it('has an entry in the history for each query that was meant, not for each letter', async () => {
    const page = await site.open('search?q=gazebo');
    await results(page).first().waitFor();
    await field(page).fill('');
    await field(page).pressSequentially('quaternion');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=quaternion/);
    await field(page).fill('torque');
    await page.waitForURL(/q=torque/);
    await page.goBack();
    await page.waitForURL(/q=quaternion/);
    await page.waitForFunction(() => document.querySelector('input[type=search]').value === 'quaternion');
    await page.goBack();
    await page.waitForURL(/q=gazebo/);
    await page.waitForFunction(() => document.querySelector('input[type=search]').value === 'gazebo');
    await page.goForward();
    await page.waitForFunction(() => document.querySelector('input[type=search]').value === 'quaternion');
  });

  it('keeps up with fast typing', async () => {
    const page = await site.open('search');
    await field(page).pressSequentially('zero moment point of a walking robot');
    await results(page).first().waitFor();
    assert.equal(await field(page).inputValue(), 'zero moment point of a walking robot');
    await page.waitForURL(/q=zero\+moment\+point\+of\+a\+walking\+robot$/);
  });

  it('has the filters in its address', async () => {
    const page = await site.open('search?q=torque');
    await results(page).first().waitFor();
    await page.getByLabel('Section').selectOption({ label: 'Module 1: ROS 2' });
    await page.waitForURL(/q=torque&section=docs%2Fros2/);
    const other = await site.open('search?q=torque&section=docs%2Fros2');
    await results(other).first().waitFor();
    await other.waitForFunction(() => [...document.querySelectorAll('main section a')].every(({ href }) => href.includes('/docs/ros2/')));
    await on.accessible(other);
  });

  it('says what to do when nothing was found', async () => {
    const prepare = (opening) => opening.route(/\/lectern\/cells\./, (route) => route.abort());
    const page = await site.open('search?q=xqzvwkjy&section=docs%2Fros2', { prepare });
    await page.getByText('Nothing found for “xqzvwkjy”').waitFor();
    await on.screenshot(page, 'search-page-nothing');
    await page.getByRole('button', { name: 'Search the whole book' }).click();
    await page.waitForURL((url) => !url.search.includes('section'));
  });

  it('takes a query as text and nothing else', async () => {
    const page = await site.open(`search?q=${encodeURIComponent('<img src=x onerror="window.hacked=1"> balance')}`);
    await results(page).first().waitFor();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });

  it('is not listed for search engines', async () => {
    const sitemap = readFileSync(join(SITE, 'sitemap.xml'), 'utf8');
    assert.ok(!/:3000\/search\/?</.test(sitemap));
  });

  it('says that it needs JavaScript where there is none', async () => {
    const page = await (await site.open()).context().browser().newPage({ javaScriptEnabled: false });
    await page.goto(`${site.root}search`);
    assert.match(await page.locator('main').innerText(), /allow JavaScript/);
    await page.close();
  });

  for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', PHONE]]) {
    it(`has nothing that axe objects to (${name})`, async () => {
      const page = await site.open('search?q=capture+point', options);
      await results(page).first().waitFor();
      await on.waitForStage(page, 'meaning');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await on.accessible(page);
      await on.screenshot(page, `search-page-${name}`);
    });
  }
});
