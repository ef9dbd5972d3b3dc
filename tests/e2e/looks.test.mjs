// How the search box looks on a phone, by night and beside a page; the pictures are for people.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as on from './site.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const PAGE = 'docs/foundations/balance';
const QUERY = 'how does a robot know where its feet are';

describe('the search box', () => {
  const site = on.useSite();

  it('on a phone fills the screen, overflows nothing and opens a result by a tap', async () => {
    const page = await opened(PHONE);
    const { width, height } = await on.dialog(page).boundingBox();
    assert.ok(width >= 380 && height >= 800, `${width} x ${height}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await on.screenshot(page, 'phone');
    const target = await on.options(page).first().evaluate((link) => link.href);
    assert.deepEqual(await small(page), []);
    await on.options(page).first().tap();
    await page.waitForURL(target);
    await on.openSearch(page);
    await on.box(page).fill('');
    await on.dialog(page).getByRole('group', { name: 'Recently opened' }).waitFor();
    assert.deepEqual(await small(page), []);
    await on.screenshot(page, 'phone-recent');
  });

  it('by night is light text on a dark ground', async () => {
    const page = await opened({ colorScheme: 'dark' });
    const [ground, text] = await on.box(page).evaluate(colours);
    assert.ok(luminance(ground) < 0.2 && luminance(text) > 0.5, `${text} on ${ground}`);
    await on.screenshot(page, 'dark');
  });

  it('by day is dark text on a light ground', async () => {
    const page = await opened({ colorScheme: 'light' });
    const [ground, text] = await on.box(page).evaluate(colours);
    assert.ok(luminance(ground) > 0.7 && luminance(text) < 0.3, `${text} on ${ground}`);
    await on.screenshot(page, 'light');
  });

  async function opened(options) {
    const page = await site.open(PAGE, options);
    await on.search(page, QUERY);
    await on.waitForStage(page, 'meaning');
    return page;
  }
});

/** What in the dialog a finger would miss, with its size. */
function small(page) {
  return on.dialog(page).locator('button, select, [data-lectern-remove]').evaluateAll((parts) =>
    parts.map((part) => [part.textContent || part.getAttribute('aria-label'), part.offsetWidth, part.offsetHeight]).filter(([, width, height]) => Math.min(width, height) < 44),
  );
}

/** The colours of an element's text and of the nearest ground below it that is painted. */
function colours(element) {
  let below = element;
  const ground = () => getComputedStyle(below).backgroundColor;
  while (below.parentElement && /^(transparent|rgba\(.*, 0\))$/.test(ground())) below = below.parentElement;
  return [ground(), getComputedStyle(element).color];
}

/** From 0, black, to 1, white. */
function luminance(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
