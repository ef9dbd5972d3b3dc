// The relay as a process: settings, start, log, stop.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHELF } from '../support/paths.mjs';
import { UNLIMITED, asking, chat, ended, eventually, failing, folder, relay, signUp, upstream } from './processes.mjs';

test('a relay with nothing but a shelf starts, tells where to look, and is ready at once', async (t) => {
  const { url, lines } = await relay(t, folder(t));
  const response = await fetch(`${url}/readyz`);
  assert.equal(response.status, 200);
  const ready = JSON.parse(lines.find((line) => line.includes('"ready"')));
  assert.equal((await fetch(ready.docs)).status, 200);
  assert.ok(ready.database.startsWith('sqlite:'));
});

test('a wrong setting stops the start with its name and a value that works', async () => {
  for (const [setting, value, told] of [
    ['LECTERN_SHELF', '/nowhere', 'LECTERN_SHELF=build/lectern'],
    ['LECTERN_LISTEN', 'here', '127.0.0.1:8717'],
    ['LECTERN_DATABASE', 'mysql://host', 'postgres://'],
    ['LECTERN_USER_BUDGET', 'many', '20 requests/minute'],
    ['LECTERN_LOG', 'a=b=c', 'LECTERN_LOG=info'],
  ]) {
    const { code, text } = await failing({ LECTERN_SHELF: SHELF, [setting]: value }, ['--check-config']);
    assert.equal(code, 2, text);
    assert.ok(text.includes(told), text);
  }
  assert.deepEqual(await failing({ LECTERN_SHELF: SHELF }, ['--check-config']), { code: 0, text: '' });
});

test('a database that does not answer is told of without its password', async () => {
  const settings = { LECTERN_SHELF: SHELF, LECTERN_LISTEN: '127.0.0.1:0', LECTERN_DATABASE: 'postgres://relay:hunter2@127.0.0.1:1/book' };
  const { code, text } = await failing(settings);
  assert.equal(code, 2);
  assert.ok(text.includes('127.0.0.1:1/book') && !text.includes('hunter2'), text);
});

test('a relay that is told to stop lets answers end, and cuts visibly what takes too long', async (t) => {
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock), LECTERN_STOP_SECONDS: '2' };
  const { url, process } = await relay(t, folder(t), settings);
  const token = await signUp(url, 'reader@example.org');
  await mock.script({ tokens: 10, delay: 100 });
  const short = await chat(url, token, 'What is a robot?');
  // The answer begins before the mock is asked, and the mock is to tell the first by this script.
  await eventually(async () => (await mock.stats()).running === 1);
  await mock.script({ tokens: 1000, delay: 100 });
  const long = await chat(url, token, 'What is a sensor?');
  await eventually(async () => (await mock.stats()).running === 2);
  process.kill('SIGTERM');
  const [whole, cut] = await Promise.all([short.text(), long.text()]);
  assert.ok(whole.includes('"type":"finish"') && !whole.includes('"type":"error"'), whole);
  assert.ok(cut.includes('"type":"error"') && cut.endsWith('data: [DONE]\n\n'), cut.slice(-300));
  assert.equal(await ended(process), 0);
});

test('a log line tells who, how long and how much, never the question or the token', async (t) => {
  const { url, lines } = await relay(t, folder(t), UNLIMITED);
  const token = await signUp(url, 'reader@example.org');
  const response = await chat(url, token, 'Where is the unusual word xylophone?');
  await response.text();
  const id = response.headers.get('x-request-id');
  const text = await eventually(() => lines.find((line) => line.includes(id) && line.includes('/api/chat')));
  const line = JSON.parse(text);
  assert.equal(line.status, 200);
  assert.ok(line.ms >= line.first_byte_ms && line.span.user.length === 12, text);
  const log = lines.join('\n');
  assert.ok(!log.includes('xylophone') && !log.includes(token) && !log.includes('reader@example.org'));
});
