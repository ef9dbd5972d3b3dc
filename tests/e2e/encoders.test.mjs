// Better encoders than the one a reader starts with: the full one, kept across visits and books, and a relay.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { breakingProxy } from '../support/breaking.mjs';
import { SITE_AT_BOOK, manifest } from '../support/paths.mjs';
import { startRelay } from '../support/relay.mjs';
import * as on from './site.mjs';

const QUESTION = 'how do I keep a biped from falling over';
const FULL = /^(vocabulary|core|layer|rows)\./;
// How the default is written in the data that all pages share.
const BUILT_WITH = '"encoder":"small"';
const LAYER = /\/lectern\/layer\./;

describe('the full encoder', () => {
  const site = on.useSite({ others: { '/book/': SITE_AT_BOOK } });
  const fileCount = manifest().sections.find(({ kind }) => kind === 'core').parts + 3;

  it('comes when the reader asks for it, while the small one goes on answering', async () => {
    const page = await opened();
    const arrival = deferred();
    await page.route(/\/lectern\/rows\./, (route) => arrival.promise.then(() => route.continue()));
    assert.match(await on.better(page).innerText(), /\([5-8]\.\d MB\)/);
    await on.better(page).click();
    await on.waitForStage(page, 'loading-meaning');
    assert.equal(await on.encoder(page), 'small');
    await on.box(page).fill(QUESTION);
    await on.found(page);
    await on.dialog(page).getByText(/Loading a better search… \d\.\d of [5-8]\.\d MB/).waitFor();
    const before = await hits(page);
    arrival.resolve();
    await on.waitForEncoder(page, 'full');
    await on.dialog(page).getByText('Searching by words and precise meaning').waitFor();
    await page.waitForFunction((ids) => [...document.querySelectorAll('[role=group] > [role=option]')].map(({ id }) => id).join() !== ids, before);
    assert.equal(await on.better(page).count(), 0);
    await on.screenshot(page, 'full-encoder');
  });

  it('goes on with what is missing after an interruption, also when the page is opened again', async () => {
    const page = await opened();
    const files = on.requestedFiles(page);
    await page.route(LAYER, abortSome());
    await on.better(page).click();
    await on.dialog(page).getByText(/with what is loaded: \S+/).waitFor();
    assert.equal(await on.encoder(page), 'small');
    await on.box(page).fill(QUESTION);
    await on.found(page);
    const came = distinct(files);
    assert.equal(came.length, fileCount);
    const left = Number(/\((\d\.\d) MB\)/.exec(await on.better(page).innerText())[1]);
    assert.ok(left > 1 && left < 5, `${left} MB are left`);

    const again = await opened({ beside: page });
    const wanted = on.requestedFiles(again);
    await on.better(again).click();
    await on.waitForEncoder(again, 'full');
    assert.equal(distinct(wanted).length, 2);
    assert.ok(distinct(wanted).every((name) => name.startsWith('layer.')));
  });

  it('is there for every book of the site once one has it', async () => {
    const page = await opened();
    await on.better(page).click();
    await on.waitForEncoder(page, 'full');
    const book = await opened({ beside: page, root: `${site.root}book/` });
    const files = on.requestedFiles(book);
    await on.better(book).click();
    await on.waitForEncoder(book, 'full');
    assert.deepEqual(distinct(files), []);
  });

  it('survives a connection that breaks in the middle of a file', async () => {
    const proxy = await breakingProxy(site.root.slice(0, -1), LAYER);
    try {
      const page = await opened({ root: `${proxy.url}/` });
      await on.better(page).click();
      await on.dialog(page).getByText(/with what is loaded: \S+/).waitFor();
      const files = on.requestedFiles(page);
      proxy.breaking = false;
      await on.better(page).click();
      await on.waitForEncoder(page, 'full');
      assert.ok(distinct(files).length > 0 && distinct(files).every((name) => name.startsWith('layer.')), `${distinct(files)}`);
    } finally {
      await proxy.close();
    }
  });

  /** A page that searches by meaning with the small encoder. */
  async function opened(options) {
    const page = await site.open('', options);
    await on.openSearch(page);
    await on.waitForEncoder(page, 'small');
    await on.better(page).waitFor();
    return page;
  }

  function distinct(files) {
    return [...new Set(files.filter((name) => FULL.test(name)))];
  }

  /** Lets all layers through but two. */
  function abortSome() {
    const aborted = new Set();
    return (route) => {
      const url = route.request().url();
      if (aborted.size < 2) aborted.add(url);
      return aborted.has(url) ? route.abort() : route.continue();
    };
  }
});

describe('a relay', () => {
  const site = on.useSite();
  let relay;
  before(async () => {
    relay = await startRelay();
  });
  after(() => relay.close());

  it('reads the questions of readers, and words go on without it', async () => {
    const page = await site.open('', { prepare: (opening) => on.configure(opening, BUILT_WITH, `"encoder":"relay","relayUrl":"${relay.url}"`) });
    const files = on.requestedFiles(page);
    await on.openSearch(page);
    await on.waitForEncoder(page, 'relay');
    await on.box(page).fill(QUESTION);
    await on.dialog(page).getByText('with the help of a server').waitFor();
    await page.waitForFunction(() => document.querySelector('[role=group] > [role=option]')?.href.includes('foundations/balance'));
    const { model, hash } = manifest();
    assert.deepEqual(relay.asked.at(-1), { input: QUESTION, model, book: hash });
    assert.deepEqual(files.filter((name) => FULL.test(name)), []);

    await relay.close();
    await on.box(page).fill('torque limits of the ankle');
    await on.found(page);
    await on.dialog(page).getByText(/with what is loaded: \S+/).waitFor();
    await on.screenshot(page, 'relay-down');
  });
});

function hits(page) {
  return on.options(page).evaluateAll((list) => list.map(({ id }) => id).join());
}

/** A promise with its `resolve`. */
function deferred() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
