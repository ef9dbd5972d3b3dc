// Many streams at a time: none fails, each gets its own answer, and nothing stays behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { UNLIMITED, asking, eventually, folder, metric, mostMemory, openFiles, relay, signUp, upstream } from './processes.mjs';

const STREAMS = 2_000;
const TOKENS = 40;
/** Of a relay that was built to be tested, all whose readers ask at once: a third above what it takes. */
const MOST_MEMORY = 130e6;

test(`${STREAMS} streams at a time end whole and leave nothing behind`, { timeout: 180_000 }, async (t) => {
  const { mock, running, token } = await pair(t);
  await mock.script({ tokens: TOKENS, delay: 100 });
  const before = { tasks: await metric(running.url, 'lectern_tasks'), files: openFiles(running.process) };
  const answers = await Promise.all(Array.from({ length: STREAMS }, () => answer(running.url, token)));
  const calls = new Set();
  for (const { status, text } of answers) {
    assert.equal(status, 200, text);
    assert.ok(text.includes('"type":"finish"') && !text.includes('"type":"error"'), text.slice(-300));
    calls.add(callOf(words(text)));
  }
  assert.equal(calls.size, STREAMS, 'each answer is of a call of its own');
  const most = mostMemory(running.process);
  t.diagnostic(`${(most / 1e6).toFixed(0)} MB at most`);
  assert.ok(most <= MOST_MEMORY, `${most} bytes`);
  await nothingLeft(running, mock, before);
});

test('readers who leave at any moment end their upstream calls', { timeout: 60_000 }, async (t) => {
  const { mock, running, token } = await pair(t);
  await mock.script({ headers_after: 150, first_after: 150, tokens: 1000, delay: 50 });
  const before = { tasks: await metric(running.url, 'lectern_tasks'), files: openFiles(running.process) };
  const readers = Array.from({ length: 200 }, (_, place) => leave(running.url, token, place * 3));
  await Promise.all(readers);
  await eventually(async () => (await mock.stats()).running === 0, 2000);
  await nothingLeft(running, mock, before);
});

/** The text of an answer. */
function words(text) {
  const parts = [...text.matchAll(/^data: (\{.*\})$/gm)].map((match) => JSON.parse(match[1]));
  return parts.map(({ type, delta }) => (type === 'text-delta' ? delta : '')).join('');
}

/** The call whose answer this is: each token of the mock is `w`, the number of its call, a dot and its own. */
function callOf(words) {
  const call = words.match(/^w(\d+)\./)?.[1];
  const whole = Array.from({ length: TOKENS }, (_, token) => `w${call}.${token}`);
  assert.deepEqual(words.split(/\s+/).filter(Boolean), whole);
  return call;
}

async function pair(t) {
  const mock = await upstream(t);
  const settings = {
    ...UNLIMITED,
    ...asking(mock),
    LECTERN_ANSWERS: '4000',
    LECTERN_PROVIDER_ANSWERS: '4000',
  };
  const running = await relay(t, folder(t), settings);
  const token = await signUp(running.url, 'reader@example.org');
  // What is opened at the first request is not left behind by the others.
  await answer(running.url, token);
  return { mock, running, token };
}

async function nothingLeft(running, mock, before) {
  assert.equal((await mock.stats()).running, 0);
  await eventually(async () => (await metric(running.url, 'lectern_requests_open')) === 1);
  // Connections to providers are kept for a while, and used again.
  await eventually(async () => (await metric(running.url, 'lectern_connections')) <= 2, 30_000);
  await eventually(async () => (await metric(running.url, 'lectern_tasks')) <= before.tasks + 4, 120_000);
  await eventually(() => openFiles(running.process) <= before.files + 4, 120_000);
}

function ask(url, token) {
  const request = http.request(`${url}/api/chat`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  request.end(JSON.stringify({ question: 'What is a robot?' }));
  return request;
}

async function answer(url, token) {
  const [response] = await once(ask(url, token), 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, text };
}

async function leave(url, token, after) {
  const request = ask(url, token);
  request.on('error', () => {});
  request.on('response', (response) => response.on('error', () => {}).resume());
  await new Promise((resolve) => setTimeout(resolve, after));
  request.destroy();
}
