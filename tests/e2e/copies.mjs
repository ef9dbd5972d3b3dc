// What a reader does about the copy of a site for times without a network.
/** The switch that turns the copy on and off. */
export const toggle = (page) => page.getByRole('switch', { name: 'Available offline' });
export const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Waits until the copy has come to one of these states: it may have 600 files to fetch and keep, each through three processes. */
export const waitForCopy = (page, ...states) =>
  page
    .locator(states.map((state) => `[data-lectern-offline="${state}"]`).join(', '))
    .waitFor({ state: 'attached', timeout: 150_000 });

/** Opens the page about the copy. */
export async function openSettings(site, options) {
  const page = await site.open('offline', options);
  await page.locator('[role=switch]:enabled').waitFor();
  return page;
}

/** Keeps the book, or search alone, and waits until all is there. */
export async function keep(page, choice) {
  if (choice) await page.getByLabel(choice).check();
  await toggle(page).click();
  await waitForCopy(page, 'kept');
}

/** Waits until there is a whole copy for which `predicate` holds. */
export async function untilRecorded(page, predicate) {
  for (let record; !record || !predicate(record); ) {
    record = await page.evaluate(async () => {
      await new Promise(requestAnimationFrame);
      return (await caches.match('https://lectern.invalid/offline-record'))?.json();
    });
  }
}

/** What the browser has of the copy. */
export function traces(page) {
  return page.evaluate(async () => ({
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: (await caches.keys()).filter((name) => name.startsWith('lectern-offline')),
  }));
}
