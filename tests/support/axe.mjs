// Axe's rules over a page as it is at the moment.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds wrong, a text for every element: the rule, where, and what to do. `include` narrows it to the parts of
 * the page that a selector names, `exclude` leaves parts out.
 */
export async function violations(page, { include, exclude } = {}) {
  await settled(page);
  // Evaluated by the debugger, which a Content-Security-Policy does not hold back as it does a script element.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: SOURCE });
  await session.detach();
  const found = await page.evaluate(
    (parts) => globalThis.axe.run({ include: parts.include ?? [['html']], exclude: parts.exclude ?? [] }, { resultTypes: ['violations'] }),
    { include: include && [[include]], exclude: exclude && [[exclude]] },
  );
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}) at ${target.join(' ')}: ${failureSummary}`),
  );
}

/** Waits for what is fading or sliding in: colours count as they are in the end. */
function settled(page) {
  return page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
        .map(({ finished }) => finished),
    ),
  );
}
