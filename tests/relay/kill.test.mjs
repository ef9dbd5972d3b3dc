// A relay that is killed at any moment: its database opens again, and what it acknowledged is there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNLIMITED, asking, chat, eventually, folder, relay, signUp, upstream } from './processes.mjs';

const ROUNDS = 50;
/** What has to be acknowledged before a kill, in turn, on machines of any speed: a sign-up, a chat, or nothing. */
const AWAITED = ['signUps', 'chats', undefined];
/** Most milliseconds from there to the kill. */
const LONGEST = 150;
/** Seeded, so that a failure can be repeated. */
let seed = 20_240_229;
const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

test(`killed ${ROUNDS} times during sign-ups and chats, a relay loses nothing that it acknowledged`, { timeout: 120_000 }, async (t) => {
  const path = folder(t);
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock) };
  await mock.script({ tokens: 20, delay: 2 });
  const readers = [];
  const broken = { signUps: 0, chats: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const running = await relay(t, path, settings);
    await check(running.url, readers.slice(-4));
    const under = { signUps: 0, chats: 0 };
    const done = { signUps: 0, chats: 0 };
    const asked = readers.slice(-2).map((reader) => chats(running.url, reader, under, done));
    const busy = [signUps(running.url, round, readers, under, done), ...asked];
    const awaited = AWAITED[round % AWAITED.length];
    await eventually(() => awaited === undefined || done[awaited] > 0);
    await new Promise((resolve) => setTimeout(resolve, random() * LONGEST));
    if (under.signUps > 0) broken.signUps += 1;
    if (under.chats > 0) broken.chats += 1;
    await running.stop('SIGKILL');
    await Promise.all(busy);
  }
  const acknowledged = readers.flatMap((reader) => reader.chats).length;
  t.diagnostic(`${readers.length} sign-ups and ${acknowledged} chats acknowledged; kills in a sign-up: ${broken.signUps}, in a chat: ${broken.chats}`);
  const turns = Math.floor(ROUNDS / AWAITED.length);
  assert.ok(readers.length >= turns && acknowledged >= turns, `${readers.length} sign-ups, ${acknowledged} chats`);
  assert.ok(broken.signUps >= turns && broken.chats >= turns, JSON.stringify(broken));
  const last = await relay(t, path, settings);
  await check(last.url, readers);
});

/** Signs up one after another until the relay is gone; `readers` get those that were acknowledged. */
async function signUps(url, round, readers, under, done) {
  await untilGone(async (place) => {
    const email = `reader-${round}-${place}@example.org`;
    under.signUps += 1;
    const token = await signUp(url, email);
    under.signUps -= 1;
    assert.ok(token, `${email} was refused`);
    readers.push({ email, token, chats: [] });
    done.signUps += 1;
  });
}

/** Asks one question after another until the relay is gone; the reader gets those whose answers were said to be kept. */
async function chats(url, reader, under, done) {
  await untilGone(async () => {
    under.chats += 1;
    const text = await (await chat(url, reader.token, 'What is a robot?')).text();
    under.chats -= 1;
    const id = text.match(/"conversation":"([^"]+)"/)?.[1];
    assert.ok(id && text.includes('"type":"finish"'), text);
    reader.chats.push(id);
    done.chats += 1;
  });
}

async function untilGone(act) {
  for (let place = 0; ; place += 1) {
    try {
      await act(place);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}

/** Readers are still signed in, and their questions are there with their whole answers. */
async function check(url, readers) {
  for (const reader of readers) {
    const headers = { authorization: `Bearer ${reader.token}` };
    const session = await (await fetch(`${url}/api/auth/get-session`, { headers })).json();
    assert.equal(session?.user?.email, reader.email);
    for (const id of reader.chats) {
      const response = await fetch(`${url}/api/conversations/${id}`, { headers });
      assert.equal(response.status, 200, `${reader.email}: ${id}`);
      const { messages } = await response.json();
      const kept = messages.map(({ role, metadata }) => `${role}, ${metadata.status}`);
      assert.deepEqual(kept, ['user, complete', 'assistant, complete']);
    }
  }
}
