// What a relay's log and its errors tell: who, how long, how much and at what cost, never what was said or by whom.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNLIMITED, asking, eventually, folder, relay, upstream } from './processes.mjs';

const READER = { name: 'Zebulon Quint', email: 'zebulon@example.org', password: 'a hippopotamus' };
const WORD = 'xylophone';
const KEY = 'sk-of-the-operator';
const UPSTREAM_WORDS = 'mock was told';

test('no question, name, password, token or key is in the log, whatever goes wrong', async (t) => {
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock), LECTERN_OPENAI_KEY: KEY, LECTERN_LOG: 'info,lectern_relay=trace' };
  const running = await relay(t, folder(t), settings);
  const secrets = new Set([WORD, KEY, ...Object.values(READER)]);
  const seen = await tryAll(running.url, mock, secrets);
  await eventually(() => running.lines.filter((line) => line.includes('"request"')).length >= seen.length);
  const log = running.lines.join('\n');
  for (const secret of secrets) assert.ok(!log.includes(secret), `${secret} is in ${log.split('\n').find((line) => line.includes(secret))}`);
  for (const answer of seen) {
    assert.ok(!answer.includes(KEY) && !answer.includes(UPSTREAM_WORDS), answer);
  }
});

test('questions are in the log where the operator asks for them', async (t) => {
  const running = await relay(t, folder(t), { ...UNLIMITED, LECTERN_LOG_QUESTIONS: 'true', LECTERN_ANONYMOUS: 'true' });
  await (await post(running.url, '/api/chat', { question: `What is a ${WORD}?` })).text();
  await eventually(() => running.lines.some((line) => line.includes(`What is a ${WORD}?`)));
});

test('the line of a request has the tokens and the cost of all calls that it took, also when its reader leaves', async (t) => {
  const mock = await upstream(t);
  const settings = { ...UNLIMITED, ...asking(mock), LECTERN_OPENAI_PRICE: '1000,2000', LECTERN_ANONYMOUS: 'true' };
  const running = await relay(t, folder(t), settings);
  const line = async (response) => {
    const id = response.headers.get('x-request-id');
    return JSON.parse(await eventually(() => running.lines.find((text) => text.includes(id) && text.includes('"/api/chat"')))).span;
  };
  await mock.script({ tokens: 10, tool: 'search_book' });
  const whole = await post(running.url, '/api/chat', { question: 'What is a robot?' });
  await whole.text();
  const { user, input_tokens, output_tokens, cost, ...rest } = await line(whole);
  assert.equal(user, 'anonymous');
  assert.deepEqual([rest.answer, rest.provider, rest.model], ['complete', 'openai', 'gpt-4o-mini']);
  assert.ok(rest.first_token_ms <= rest.provider_ms, JSON.stringify(rest));
  assert.ok(input_tokens > 100 && output_tokens >= 20, `${input_tokens}, ${output_tokens}`);
  assert.ok(Math.abs(cost - (input_tokens * 1e-3 + output_tokens * 2e-3)) < 1e-6, `${cost}`);
  const metrics = await (await fetch(`${running.url}/metrics`)).text();
  assert.equal(Number(metrics.match(/^lectern_cost_microdollars_total (\d+)$/m)[1]), Math.round(cost * 1e6));

  await mock.script({ tokens: 1000, delay: 20 });
  const leaving = new AbortController();
  const cut = await post(running.url, '/api/chat', { question: 'What is a robot?' }, {}, leaving.signal);
  await cut.body.getReader().read();
  await new Promise((resolve) => setTimeout(resolve, 300));
  leaving.abort();
  const left = await line(cut);
  assert.deepEqual([left.answer, left.provider], ['cut', 'openai']);
  assert.ok(left.input_tokens > 100 && left.output_tokens > 0 && left.output_tokens < 1000, JSON.stringify(left));
});

/** Goes through the relay as readers do, well and badly; gives all answers, and adds to `secrets` what came to be known. */
async function tryAll(url, mock, secrets) {
  const answers = [];
  const send = async (...request) => {
    const response = await post(url, ...request);
    answers.push(await response.text());
    return response;
  };
  const signedUp = await send('/api/auth/sign-up/email', READER);
  const token = JSON.parse(answers[0]).token;
  secrets.add(token).add(signedUp.headers.get('set-auth-token'));
  const bearer = { authorization: `Bearer ${token}` };
  const { token: jwt } = await (await fetch(`${url}/api/auth/token`, { headers: bearer })).json();
  secrets.add(jwt);
  await send('/api/auth/sign-in/email', { ...READER, password: `${READER.password}!` });
  await send('/api/auth/sign-in/email', { ...READER, email: `${READER.email}.nobody` });
  await send('/api/auth/sign-up/email', READER);
  const question = { question: `What is a ${WORD}?` };
  for (const script of [{ tokens: 5 }, { status: 500 }, { status: 400 }, { status: 401 }, { error_after: 3 }, { malformed_after: 3 }]) {
    await mock.script(script);
    await send('/api/chat', question, { authorization: `Bearer ${jwt}` });
  }
  await send('/api/chat', { question: WORD, book: WORD }, bearer);
  await send('/api/chat', `{"question": "${WORD}`, bearer);
  await send('/api/chat', { question: WORD, mode: WORD }, bearer);
  await send('/api/chat', question, { authorization: `Bearer ${jwt.slice(0, -3)}` });
  await send('/api/search', { query: WORD }, bearer);
  await send('/api/embed', { input: WORD }, bearer);
  await send('/api/feedback', { message: WORD, rating: 'up', note: WORD }, bearer);
  await send('/api/personalize', { page: WORD }, bearer);
  await send(`/api/conversations/${WORD}`, {}, bearer);
  await send(`/${WORD}?q=${WORD}`, {}, bearer);
  return answers;
}

function post(url, path, body, headers = {}, signal) {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  });
}
