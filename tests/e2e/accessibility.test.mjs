// Every state of what Lectern shows, by axe's rules, by day and by night.
import { describe, it } from 'node:test';
import * as on from './site.mjs';

const PAGE = 'docs/foundations/balance';

/** How a reader gets to each state of the open dialog. */
const DIALOG = {
  'before anything is typed': async () => {},
  'with results': async (page) => {
    await on.box(page).fill('how does a robot know where its feet are');
    await on.options(page).first().waitFor();
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
      });
    }
  });
}
