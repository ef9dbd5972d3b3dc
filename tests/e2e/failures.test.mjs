// What a reader sees when something is missing, damaged or forbidden: a message that says what to do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cutShort,
  emptied,
  ofAnotherVersion,
  ofWordsAlone,
  withFlippedBit,
  withSectionOfAnotherVersion,
} from '../support/shelf.mjs';
import * as on from './site.mjs';

describe('without the encoder', () => {
  const site = on.useSite();
  const ENCODER = /\/lectern\/small\./;

  it('words work, the failure is visible, and trying again brings the meaning', async () => {
    const page = await site.open('', { prepare: (opening) => opening.route(ENCODER, (route) => route.abort()) });
    await on.openSearch(page);
    const retry = page.getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    assert.match(await on.dialog(page).innerText(), /by words alone: \S+/);
    await on.box(page).fill('balance controller');
    await on.options(page).first().waitFor();
    await on.screenshot(page, 'encoder-blocked');

    await page.unroute(ENCODER);
    await retry.click();
    await on.waitForStage(page, 'meaning');
    await on.options(page).first().waitFor();
  });

  it('a query that no page fits says that nothing was found', async () => {
    const page = await site.open('', { prepare: (opening) => opening.route(ENCODER, (route) => route.abort()) });
    await on.openSearch(page);
    await on.box(page).fill('xqzvwkjy');
    await on.dialog(page).getByText('Nothing found for “xqzvwkjy”').waitFor();
    assert.equal(await on.options(page).count(), 0);
    await on.screenshot(page, 'nothing-found');
  });
});

describe('blocks of the small encoder', () => {
  const site = on.useSite();
  const BLOCK = /\/lectern\/block\./;

  /** A page that searches by meaning, for which blocks from now on are what `handler` makes of them. */
  async function withBlocks(handler) {
    const page = await site.open();
    await on.openSearch(page);
    await on.waitForEncoder(page, 'small');
    await page.route(BLOCK, handler);
    return page;
  }

  /** Words answer, the note says why; without the handler, meaning comes back and the note goes. */
  async function losesAndRegains(page, note) {
    await on.box(page).fill('torque limits of the ankle');
    await on.options(page).first().waitFor();
    await on.dialog(page).getByText(note).waitFor();
    assert.equal(await on.encoder(page), 'small');
    await page.unroute(BLOCK);
    await on.box(page).fill('how stiff should the gripper be');
    await on.dialog(page).getByText('Searching by words and meaning').waitFor();
    await on.options(page).first().waitFor();
  }

  it('that cannot be fetched leave words, with a note, until they can be', async () => {
    const page = await withBlocks((route) => route.abort());
    await losesAndRegains(page, /with what is loaded: \S+/);
  });

  it('that are missing or damaged on the way leave words too', async () => {
    const missing = await withBlocks((route) => route.fulfill({ status: 404 }));
    await losesAndRegains(missing, /with what is loaded: .*load the page again/i);
    const damaged = await withBlocks(async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      body[body.length >> 1] ^= 1;
      await route.fulfill({ response, body });
    });
    await losesAndRegains(damaged, /with what is loaded: .*(load it again|rebuild)/i);
  });

  it('come only for what is typed', async () => {
    const page = await site.open();
    const files = on.requestedFiles(page);
    await on.openSearch(page);
    await on.waitForEncoder(page, 'small');
    const before = files.filter((name) => name.startsWith('block.')).length;
    await on.box(page).fill('torque limits of the ankle');
    await on.options(page).first().waitFor();
    await page.waitForLoadState('networkidle');
    const blocks = files.filter((name) => name.startsWith('block.'));
    assert.equal(before, 4);
    assert.ok(blocks.length > before && blocks.length < before + 15, `${blocks.length} blocks`);
    assert.equal(new Set(blocks).size, blocks.length);
    assert.deepEqual(files.filter((name) => /^(core|layer|rows)\./.test(name)), []);
  });
});

describe('an index of words alone', () => {
  const site = on.useSite({ damage: ofWordsAlone });

  it('is searched by words, with no word of failure and nothing to load', async () => {
    const page = await site.open();
    await on.search(page, 'balance');
    assert.equal(await on.stage(page), 'words');
    assert.equal(await on.encoder(page), 'none');
    assert.match(await on.dialog(page).innerText(), /Searching by words\b/);
    assert.equal(await on.dialog(page).getByRole('button', { name: /meaning|precisely|again/ }).count(), 0);
  });
});

describe('a browser that saves data', () => {
  const site = on.useSite();

  it('stays with words until the reader asks for meaning', async () => {
    const prepare = (opening) =>
      opening.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }));
    const page = await site.open('', { prepare });
    await on.search(page, 'balance');
    assert.equal(await on.stage(page), 'words');
    await page.getByRole('button', { name: 'Search by meaning too' }).click();
    await on.waitForEncoder(page, 'small');
  });
});

describe('a browser without WebAssembly', () => {
  const site = on.useSite();

  it('says so plainly', async () => {
    const prepare = (opening) => opening.addInitScript(() => delete globalThis.WebAssembly);
    const page = await site.open('', { prepare });
    await on.openSearch(page);
    assert.match(await on.alert(page).innerText(), /WebAssembly.*update/is);
    await on.screenshot(page, 'no-webassembly');
  });
});

const DAMAGES = [
  ['a site without its index', emptied, /index|check|build/i],
  ['a catalog that was cut short', cutShort('catalog'), /load it again|rebuild/i],
  ['words that were cut short', cutShort('words'), /load it again|rebuild/i],
  ['words that were damaged on the way', withFlippedBit('words'), /load it again|rebuild/i],
  ['an index of another version', ofAnotherVersion, /same version/i],
  ['a catalog of another version', withSectionOfAnotherVersion('catalog'), /same version/i],
];

for (const [what, damage, remedy] of DAMAGES) {
  describe(what, () => {
    const site = on.useSite({ damage });

    it('gives a message that says what to do, and a way to try again', async () => {
      const page = await site.open();
      await on.openSearch(page);
      await on.alert(page).waitFor();
      assert.match(await on.alert(page).innerText(), remedy);
      await on.alert(page).getByRole('button', { name: 'Try again' }).waitFor();
      await on.screenshot(page, what.replaceAll(' ', '-'));
    });
  });
}

describe('an encoder that was cut short', () => {
  const site = on.useSite({ damage: cutShort('small') });

  it('leaves search by words working and says why meaning is missing', async () => {
    const page = await site.open();
    await on.search(page, 'balance');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    assert.match(await on.dialog(page).innerText(), /by words alone: .*(load it again|rebuild)/i);
  });
});
