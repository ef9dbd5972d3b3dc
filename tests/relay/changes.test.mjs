// What changes beside a relay that runs: its book, and the key that it signs with; and what it keeps when it is stopped.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LECTERN, RELAY } from '../support/paths.mjs';
import { UNLIMITED, asking, chat, ended, eventually, folder, relay, signUp, upstream } from './processes.mjs';

const GREEN = 'The lamp of the robot is green when its battery is charged.';
const RED = 'The lamp of the robot is red when its battery is charged.';
const QUESTION = 'What is the lamp of the robot when its battery is charged?';

test('a newer book answers new questions, and the one before ends what it began', { timeout: 120_000 }, async (t) => {
  const path = folder(t);
  const shelf = join(path, 'shelf');
  index(path, shelf, GREEN);
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock), LECTERN_PROVIDERS: 'openai,extractive', LECTERN_SHELF: shelf };
  const { url, lines, process } = await relay(t, path, settings);
  const token = await signUp(url, 'reader@example.org');
  const before = await hash(await chat(url, token, QUESTION));

  await mock.script({ tokens: 60, delay: 50, first_after: 200, tool: 'search_book', arguments: '{"query":"lamp battery"}' });
  const slow = await chat(url, token, QUESTION);
  await eventually(async () => (await mock.stats()).running === 1);
  const ready = [];
  const watch = setInterval(async () => ready.push((await fetch(`${url}/readyz`)).status), 5);
  t.after(() => clearInterval(watch));
  index(path, shelf, RED);
  process.kill('SIGHUP');
  await eventually(() => lines.some((line) => line.includes('answers from a newer shelf')));

  const [whole, found] = await Promise.all([slow.text(), search(url, token)]);
  assert.ok(whole.includes(before) && whole.includes('"type":"finish"') && !whole.includes('"type":"error"'), whole.slice(-500));
  assert.ok(found.includes('red') && !found.includes('green'), found);
  clearInterval(watch);
  assert.ok(ready.length > 0 && ready.every((status) => status === 200), `${ready}`);
  const stale = await chat(url, token, QUESTION, { body: { passages: [0], book: before } });
  assert.equal(stale.status, 409);
  await mock.script({});
  assert.notEqual(await hash(await chat(url, token, QUESTION)), before);

  // What is no shelf changes nothing.
  const after = await hash(await chat(url, token, QUESTION));
  writeFileSync(join(shelf, 'manifest.json'), '{');
  process.kill('SIGHUP');
  await eventually(() => lines.some((line) => line.includes('answers from the shelf as it was')));
  assert.equal(await hash(await chat(url, token, QUESTION)), after);

  // Quotations are of the newer book too.
  await mock.script({ status: 400 });
  const quoted = await (await chat(url, token, QUESTION)).text();
  assert.ok(quoted.includes('is red') && !quoted.includes('is green'), quoted);
});

test('a key that is made beside a running relay signs there soon, and tokens of the one before stay good', { timeout: 60_000 }, async (t) => {
  const path = folder(t);
  const shelf = join(path, 'shelf');
  index(path, shelf, GREEN);
  const settings = { LECTERN_SHELF: shelf, LECTERN_DATABASE: `sqlite:${join(path, 'lectern.db')}` };
  const { url } = await relay(t, path, { ...UNLIMITED, ...settings });
  const session = { authorization: `Bearer ${await signUp(url, 'reader@example.org')}` };
  const json = async (path, headers = session) => (await fetch(`${url}${path}`, { headers })).json();
  const old = (await json('/api/auth/token')).token;
  execFileSync(RELAY, ['--rotate-key'], { env: { PATH: process.env.PATH, ...settings } });
  const fresh = await eventually(async () => {
    const { token } = await json('/api/auth/token');
    return kid(token) !== kid(old) && token;
  });
  const { keys } = await json('/api/auth/jwks');
  assert.deepEqual(keys.map((key) => key.kid), [kid(fresh), kid(old)]);
  for (const token of [old, fresh]) {
    const user = await json('/api/auth/user', { authorization: `Bearer ${token}` });
    assert.equal(user.email, 'reader@example.org');
  }
});

test('an answer that is cut by stopping ends in-band, and is kept as cut with what was shown', { timeout: 60_000 }, async (t) => {
  const path = folder(t);
  const shelf = join(path, 'shelf');
  index(path, shelf, GREEN);
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock), LECTERN_SHELF: shelf, LECTERN_STOP_SECONDS: '1' };
  const first = await relay(t, path, settings);
  const token = await signUp(first.url, 'reader@example.org');
  await mock.script({ tokens: 1000, delay: 20 });
  const [read, stuck] = await Promise.all([chat(first.url, token, QUESTION), chat(first.url, token, 'And what is it for?')]);
  await eventually(async () => (await mock.stats()).running === 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  first.process.kill('SIGTERM');
  const shown = await read.text();
  assert.ok(shown.includes('"type":"error"') && shown.endsWith('data: [DONE]\n\n'), shown.slice(-300));
  assert.equal(await ended(first.process), 0);
  await stuck.body.cancel();
  assert.equal((await mock.stats()).running, 0);

  const second = await relay(t, path, settings);
  const json = async (path) => (await fetch(`${second.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const { conversations } = await json('/api/conversations');
  assert.equal(conversations.length, 2);
  for (const { id } of conversations) {
    const { messages } = await json(`/api/conversations/${id}`);
    assert.equal(messages[1].metadata.status, 'cut');
    const text = messages[1].parts.findLast((part) => part.type === 'text').text;
    assert.match(text, /w\d+\.0/);
    if (shown.includes(messages[1].id)) assert.equal(text, said(shown));
  }
});

/** Makes a shelf of one page that says this. */
function index(path, shelf, text) {
  const pages = join(path, 'pages');
  mkdirSync(pages, { recursive: true });
  writeFileSync(join(pages, 'lamp.html'), `<html lang="en"><main><h1>The lamp</h1><p>${text}</p></main></html>`);
  execFileSync(LECTERN, ['index', pages, '--words-only', '--quiet', '--out', shelf], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function search(url, token) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return (await fetch(`${url}/api/search`, { method: 'POST', headers, body: JSON.stringify({ query: 'lamp' }) })).text();
}

/** Hash of the book that an answer is from. */
async function hash(response) {
  return (await response.text()).match(/"book":"([^"]+)"/)[1];
}

function kid(token) {
  return JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
}

/** The text of a stream. */
function said(stream) {
  const parts = stream.split('\n\n').filter((event) => event.startsWith('data: {'));
  return parts.map((event) => JSON.parse(event.slice(6)).delta ?? '').join('');
}
