// From the click on the search button to the dialog's first picture, in headless Chromium.
import { serve } from '../../../scripts/serve.mjs';
import { launch } from '../../support/chromium.mjs';
import { SITE } from '../../support/paths.mjs';
import { percentile } from '../statistics.mjs';

const ROUNDS = 20;
const PAGE = 'docs/foundations/balance';

/**
 * `{ p50, p95, longTasks, longest }` for the first opening on a page, whose code comes with the focus, and for later
 * ones: milliseconds, and the long tasks of all rounds from the click until search by meaning is ready.
 */
export async function openings() {
  const server = await serve({ '/': SITE });
  const browser = await launch();
  try {
    const first = [];
    const later = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${server.url}/${PAGE}`);
      await page.waitForLoadState('networkidle');
      first.push(await opening(page));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      later.push(await opening(page));
      await context.close();
    }
    return { 'first on a page': summary(first), 'later': summary(later) };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Opens the dialog: milliseconds until it is painted, and the durations of long tasks until all is loaded. */
async function opening(page) {
  await page.evaluate(watch);
  await page.getByRole('button', { name: /^Search/ }).first().click();
  await page.locator('[data-lectern-stage=meaning]').waitFor({ state: 'attached' });
  return page.evaluate(() => globalThis.lecternOpening);
}

/** Runs in the page: notes the time from the next click to the picture that shows the dialog. */
function watch() {
  const noted = { painted: undefined, longTasks: [] };
  globalThis.lecternOpening = noted;
  new PerformanceObserver((list) => {
    noted.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });
  const onClick = ({ timeStamp }) => {
    const observer = new MutationObserver(check);
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
    function check() {
      if (!document.querySelector('dialog[open]')) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (noted.painted = performance.now() - timeStamp)));
    }
  };
  addEventListener('click', onClick, { capture: true, once: true });
}

function summary(all) {
  const times = all.map(({ painted }) => painted);
  const longTasks = all.flatMap((one) => one.longTasks);
  return {
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    longTasks: longTasks.length,
    longest: Math.max(0, ...longTasks),
  };
}
