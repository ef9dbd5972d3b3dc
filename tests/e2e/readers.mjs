// What a reader does with the forms of their account, in the panel.
import assert from 'node:assert/strict';

export const PASSWORD = 'a good password';

let readers = 0;

/** Somebody who has no account yet. */
export function newReader() {
  readers += 1;
  return { name: 'Ada Lovelace', email: `ada${readers}@example.org`, password: PASSWORD };
}

export const panel = (page) => page.locator('[data-lectern-panel]');
export const field = (page, label) => panel(page).getByLabel(label, { exact: true });
export const submit = (page, label) => panel(page).locator('button[type=submit]').getByText(label, { exact: true });
export const name = (page, reader) => panel(page).getByRole('heading', { name: reader.name });
export const send = (page, label) => submit(page, label).click();

/** Opens the panel at the account. */
export async function openAccount(page) {
  if ((await panel(page).count()) === 0) await page.locator('[data-lectern-ask]').click();
  await panel(page).waitFor();
  const button = panel(page).getByRole('button', { name: 'Account', exact: true });
  const form = panel(page).locator('form input[type=password], form textarea[name=background], [role=alert]').first();
  await button.or(form).first().waitFor();
  if (await button.count()) await button.click();
  await form.waitFor();
}

/** Goes from signing in to making an account. */
export async function toSignUp(page) {
  await panel(page).getByRole('button', { name: 'Create an account' }).last().click();
  await field(page, 'Name').waitFor();
}

/** Fills in what the form asks for. */
export async function fill(page, reader) {
  for (const [label, key] of [['Name', 'name'], ['E-mail', 'email'], ['Password', 'password']]) {
    if (await field(page, label).count()) await field(page, label).fill(reader[key]);
  }
}

/** Makes an account, where the panel is open at it. */
export async function signUp(page, reader) {
  await toSignUp(page);
  await fill(page, reader);
  await send(page, 'Create an account');
  await name(page, reader).waitFor();
  await field(page, 'What you know and do').waitFor();
}

/** Waits until an input has the focus and is described by an error. */
export async function describedAs(page, label, pattern) {
  await panel(page).getByRole('alert').filter({ hasText: pattern }).waitFor();
  const input = field(page, label);
  const [described, isInvalid, isFocused] = await input.evaluate((own) => [
    own.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' '),
    own.getAttribute('aria-invalid'),
    own === document.activeElement,
  ]);
  assert.match(described, pattern);
  assert.equal(isInvalid, 'true');
  assert.ok(isFocused, `${label} has the focus`);
}
