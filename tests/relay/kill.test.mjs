// A relay that is killed at any moment: its database opens again, and what it acknowledged is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNLIMITED, asking, chat, folder, relay, signUp, upstream } from './processes.mjs';

const ROUNDS = 50;
/** Seeded, so that a failure can be repeated. */
let seed = 20_240_229;
const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

test(`killed ${ROUNDS} times during sign-ups and chats, a relay loses nothing that it acknowledged`, { timeout: 300_000 }, async (t) => {
  const path = folder(t);
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock) };
  await mock.script({ tokens: 20, delay: 2 });
  const known = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const running = await relay(t, path, settings);
    if (round > 0) await check(running.url, known.slice(-6));
    const readers = [0, 1, 2].map((reader) => use(running.url, `reader-${round}-${reader}@example.org`, known));
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * 400));
    await running.stop('SIGKILL');
    await Promise.all(readers);
  }
  assert.ok(known.length > ROUNDS / 2, `${known.length} sign-ups were acknowledged`);
  const last = await relay(t, path, settings);
  await check(last.url, known);
});

/** Signs up and asks until the relay is gone; notes what it acknowledged. */
async function use(url, email, known) {
  const reader = { email, chats: [] };
  try {
    reader.token = await signUp(url, email);
    if (reader.token === undefined) return;
    known.push(reader);
    for (;;) {
      const response = await chat(url, reader.token, 'What is a robot?');
      const text = await response.text();
      const id = text.match(/"conversation(?:Id)?":"([^"]+)"/)?.[1];
      if (id !== undefined && text.includes('"type":"finish"')) reader.chats.push(id);
    }
  } catch {
    // The relay is gone.
  }
}

/** Readers are still signed in, and their conversations are there. */
async function check(url, readers) {
  for (const reader of readers) {
    const headers = { authorization: `Bearer ${reader.token}` };
    const session = await (await fetch(`${url}/api/auth/get-session`, { headers })).json();
    assert.equal(session?.user?.email, reader.email);
    for (const id of reader.chats) {
      const response = await fetch(`${url}/api/conversations/${id}`, { headers });
      assert.equal(response.status, 200, `${reader.email}: ${id}`);
    }
  }
}
