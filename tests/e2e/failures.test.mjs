// What a reader sees when something is missing, damaged or forbidden: a message that says what to do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cutShort,
  deployedAnew,
  emptied,
  ofAnotherVersion,
  ofWordsAlone,
  withFlippedBit,
  withSectionOfAnotherVersion,
} from '../support/shelf.mjs';
import * as on from './site.mjs';

describe('without the encoder', () => {
  const site = on.useSite();
  const ENCODER = /\/lectern\/cells\./;

  it('words work, the failure is visible, and trying again brings the meaning', async () => {
    const page = await site.open('', { prepare: (opening) => opening.route(ENCODER, (route) => route.abort()) });
    await on.openSearch(page);
    const retry = page.getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    assert.match(await on.dialog(page).innerText(), /by words alone: \S+/);
    await on.box(page).fill('balance controller');
    await on.found(page);
    await on.screenshot(page, 'encoder-blocked');

    await page.unroute(ENCODER);
    await retry.click();
    await on.waitForStage(page, 'meaning');
    await on.found(page);
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

describe('blocks', () => {
  const site = on.useSite();
  const QUESTION = 'torque limits of the ankle';

  /** A page that searches by meaning, for which a block of a kind is from now on what `handler` makes of it. */
  async function withBlock(kind, handler) {
    const page = await site.open();
    await on.openSearch(page);
    await on.waitForEncoder(page, 'small');
    let lost;
    await page.route(new RegExp(`/lectern/${kind}\\.`), (route) => {
      lost ??= route.request().url();
      return route.request().url() === lost ? handler(route) : route.continue();
    });
    return page;
  }

  /** The rest answers, the note says why; without the handler, the block comes with the next query and the note goes. */
  async function losesAndRegains(page, note) {
    await on.box(page).fill(QUESTION);
    await on.found(page);
    await on.dialog(page).getByText(note).waitFor();
    assert.equal(await on.encoder(page), 'small');
    assert.ok((await on.options(page).count()) > 3);
    await page.unrouteAll();
    const files = on.requestedFiles(page);
    await on.box(page).fill(`${QUESTION} joint`);
    await on.dialog(page).getByText('Searching by words and meaning').waitFor();
    await on.found(page);
    return files;
  }

  for (const kind of ['terms', 'group', 'cell']) {
    it(`of the kind ${kind} that cannot be fetched leave the rest, with a note, until they can be`, async () => {
      let lost;
      const page = await withBlock(kind, (route) => {
        lost = route.request().url();
        return route.abort();
      });
      const files = await losesAndRegains(page, /with what is loaded: \S+/);
      assert.ok(files.some((name) => lost.endsWith(name)), `${lost} in ${files}`);
    });
  }

  it('that are missing, damaged or another block leave the rest too', async () => {
    const missing = await withBlock('terms', (route) => route.fulfill({ status: 404 }));
    await losesAndRegains(missing, /with what is loaded: .*load the page again/i);
    const damaged = await withBlock('group', async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      body[body.length >> 1] ^= 1;
      await route.fulfill({ response, body });
    });
    await losesAndRegains(damaged, /with what is loaded: .*(load it again|rebuild)/i);
    const other = await withBlock('group', async (route) => {
      const url = route.request().url().replace(/group\.(\w+)\./, (_, number) => `group.${number === '0' ? 1 : 0}.`);
      await route.fulfill({ response: await route.fetch({ url }) });
    });
    await losesAndRegains(other, /with what is loaded: .*(reload the page|rebuild)/i);
  });

  it('come only for what is typed, each once', async () => {
    const page = await site.open();
    const files = on.requestedFiles(page);
    await on.openSearch(page);
    await on.waitForEncoder(page, 'small');
    const blocks = () => files.filter((name) => /^(terms|spelling|group|cell)\./.test(name));
    assert.deepEqual(blocks(), []);
    await on.box(page).fill(QUESTION);
    await on.found(page);
    await page.waitForLoadState('networkidle');
    assert.ok(blocks().length > 3 && blocks().length < 30, `${blocks().length} blocks`);
    assert.equal(new Set(blocks()).size, blocks().length);
    assert.deepEqual(files.filter((name) => /^(vocabulary|core|layer|rows)\./.test(name)), []);
  });
});

describe('a site that is deployed anew while a reader has it open', () => {
  const site = on.useSite({ damage: () => undefined });

  it('answers from its new index, and goes on with it', async () => {
    const page = await site.open();
    await on.search(page, 'torque');
    await on.waitForEncoder(page, 'small');
    await page.waitForLoadState('networkidle');
    deployedAnew(site.shelf, 'Xylophones', 'A xylophone has bars of wood that a mallet strikes.');
    await on.box(page).fill('xylophone mallet');
    await on.options(page).filter({ hasText: 'A xylophone has bars' }).first().waitFor();
    await on.dialog(page).getByText('Searching by words and meaning').waitFor();
    assert.equal(await on.encoder(page), 'small');
    await on.box(page).fill('bars of wood');
    await on.options(page).filter({ hasText: 'A xylophone has bars' }).first().waitFor();
    assert.equal(await on.alert(page).count(), 0);
  });

  it('goes on by words where the new index has no encoder', async () => {
    const page = await site.open();
    await on.search(page, 'xylophone');
    await on.waitForEncoder(page, 'small');
    await page.waitForLoadState('networkidle');
    ofWordsAlone(site.shelf);
    await on.box(page).fill('quaternion');
    await on.found(page);
    await on.waitForStage(page, 'words');
    assert.equal(await on.encoder(page), 'none');
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
    await on.screenshot(page, 'saves-data');
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
  ['a directory that was cut short', cutShort('directory'), /load it again|rebuild/i],
  ['a directory that was damaged on the way', withFlippedBit('directory'), /load it again|rebuild/i],
  ['an index of another version', ofAnotherVersion, /same version/i],
  ['a directory of another version', withSectionOfAnotherVersion('directory'), /same version/i],
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

describe('a list of cells that was cut short', () => {
  const site = on.useSite({ damage: cutShort('cells') });

  it('leaves search by words working and says why meaning is missing', async () => {
    const page = await site.open();
    await on.search(page, 'balance');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    assert.match(await on.dialog(page).innerText(), /by words alone: .*(load it again|rebuild)/i);
  });
});
