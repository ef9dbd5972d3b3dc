// Every state of what Lectern shows, by axe's rules, by day and by night.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SITE_AT_BOOK } from '../support/paths.mjs';
import * as ask from './panel.mjs';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';

/** How a reader gets to each state of the open dialog. */
const DIALOG = {
  'before anything is typed': async () => {},
  'with results': async (page) => {
    await on.box(page).fill('how does a robot know where its feet are');
    await on.found(page);
  },
  'with a correction': async (page) => {
    await on.box(page).fill('jacobain');
    await page.getByRole('button', { name: 'jacobian' }).waitFor();
  },
  'with the second result chosen': async (page) => {
    await on.box(page).fill('gazebo plugin');
    await on.options(page).nth(1).waitFor();
    await page.keyboard.press('ArrowDown');
    await on.selected(page).waitFor();
  },
  'with a query that is too long': async (page) => {
    await on.box(page).fill('balanced'.repeat(1250));
    await on.alert(page).waitFor();
  },
};

/** How a reader who is signed in gets to each state of the panel. */
const PANEL = {
  'before anything is asked': async () => {},
  'with an answer': async (page, { mock }) => {
    await mock.script({ text: 'It falls [1].\n\n- One\n- Two [2]\n\n```py\nstep(x)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |' });
    await ask.ask(page, 'Why does a robot fall over?');
    await ask.waitForTurn(page, 'done');
  },
  'with the preview of a citation': async (page, relay) => {
    await PANEL['with an answer'](page, relay);
    await ask.chips(page).first().focus();
    await ask.preview(page).waitFor();
  },
  'with its list of conversations': (page) => ask.button(page, 'Conversations').click(),
  'with the account': (page) => ask.button(page, 'Account').click(),
  'with what is kept for reading offline': (page) => ask.button(page, 'Reading offline').click(),
};

for (const colorScheme of ['light', 'dark']) {
  describe(`nothing is in a reader's way, in the ${colorScheme} theme,`, () => {
    const site = on.useSite();

    it('on a page', async () => {
      await on.accessible(await site.open(PAGE, { colorScheme }));
    });

    for (const [state, arrive] of Object.entries(DIALOG)) {
      it(`in the dialog ${state}`, async () => {
        const page = await site.open(PAGE, { colorScheme });
        await on.openSearch(page);
        await on.waitForStage(page, 'meaning');
        await arrive(page);
        await on.accessible(page);
        await on.screenshot(page, `dialog-${state.replaceAll(' ', '-')}-${colorScheme}`);
      });
    }

    it('on the search page', async () => {
      const page = await site.open('search?q=quaternion', { colorScheme });
      await page.locator('main a[href*="/docs/"]').first().waitFor();
      await on.accessible(page);
    });
  });

  describe(`nothing is in a reader's way, in the ${colorScheme} theme,`, () => {
    const site = on.useSite({ folder: SITE_AT_BOOK, base: '/book/', relay: {} });

    for (const [state, arrive] of Object.entries(PANEL)) {
      it(`in the panel ${state}`, async () => {
        const prepare = (page) => ask.signUp(page, site.root);
        const page = await site.open(PAGE, { colorScheme, prepare });
        await ask.openPanel(page);
        await arrive(page, site.relay);
        await page.waitForLoadState('networkidle');
        await on.accessible(page, { include: '[data-lectern-panel]' });
        await on.screenshot(page, `panel-${state.replaceAll(' ', '-')}-${colorScheme}`);
      });
    }

    it('in the panel on a phone', async () => {
      const page = await site.open(PAGE, { colorScheme, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
      await ask.openPanel(page);
      const { height } = await ask.input(page).boundingBox();
      assert.ok(height >= 44, `${height} pixels for a line`);
      await on.accessible(page, { include: '[data-lectern-panel]' });
      await on.screenshot(page, `panel-on-a-phone-${colorScheme}`);
    });
  });
}
