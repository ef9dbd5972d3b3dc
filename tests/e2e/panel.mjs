// What a reader does with the panel that answers questions.
export const panel = (page) => page.locator('[data-lectern-panel]');
export const askButton = (page) => page.locator('[data-lectern-ask]');
export const input = (page) => panel(page).getByRole('textbox', { name: 'Your question' });
export const turns = (page) => page.locator('[data-lectern-turn]');
export const lastTurn = (page) => turns(page).last();
export const answer = (page) => lastTurn(page).locator('[data-lectern-answer]');
export const chips = (page) => lastTurn(page).getByRole('link', { name: /^Source \d/ });
export const preview = (page) => page.getByRole('tooltip');
export const button = (page, name) => panel(page).getByRole('button', { name, exact: true });

/** Opens the panel by its button. */
export async function openPanel(page) {
  await askButton(page).click();
  await input(page).waitFor();
}

/** Asks, as most readers will. */
export async function ask(page, question) {
  await input(page).fill(question);
  await input(page).press('Enter');
  await lastTurn(page).getByRole('heading', { name: question }).waitFor();
}

/** Asks, and waits for the whole answer. */
export async function askAndWait(page, question) {
  await ask(page, question);
  await waitForTurn(page, 'done');
}

/** Waits until the last answer has come as far as one of these states. */
export async function waitForTurn(page, ...states) {
  const wanted = states.map((state) => `[data-lectern-turn="${state}"]`).join(', ');
  await turns(page).last().and(page.locator(wanted)).waitFor();
}

/** Makes an account at the relay of a site, whose session the page's browser has then. */
export async function signUp(page, root) {
  const email = `reader-${Math.random().toString(36).slice(2)}@example.org`;
  const data = { name: 'Reader', email, password: 'a good password' };
  const response = await page.request.post(`${new URL(root).origin}/relay/api/auth/sign-up/email`, { data });
  if (!response.ok()) throw new Error(`no account: ${response.status()} ${await response.text()}`);
}

/** A page with the panel open; its reader is signed in where the `site` has a relay, unless told otherwise. */
export async function opened(site, path, { signedIn = true, ...options } = {}) {
  const prepare = async (page) => {
    if (site.relay && signedIn && !options.beside) await signUp(page, site.root);
  };
  const page = await site.open(path, { ...options, prepare });
  await openPanel(page);
  return page;
}

/** Selects the text of an element, as a reader does with the keyboard or the mouse. */
export async function select(page, selector) {
  await page.locator(selector).first().evaluate((element) => {
    element.scrollIntoView({ block: 'center' });
    document.getSelection().selectAllChildren(element);
  });
}
