// The relay's streams, read by the AI SDK itself: what it refuses, no client of it would show.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as five from 'ai-5';
import * as six from 'ai-6';
import { UNLIMITED, asking, folder, relay, signUp, upstream } from './processes.mjs';

const QUESTION = 'What is a robot?';

for (const [version, sdk] of Object.entries({ 5: five, 6: six })) {
  test(`AI SDK ${version} reads an answer with sources, a search of the model, text and metadata`, async (t) => {
    const reader = await connect(t, sdk, { text: 'A machine [1] that [99] senses [2].', size: 4, tool: 'search_book', split: 7 });
    const message = await reader.read([asked(QUESTION)]);
    assert.equal(message.role, 'assistant');
    const text = message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('');
    assert.equal(text, 'A machine [1] that senses [2].');
    const sources = message.parts.filter((part) => part.type === 'source-url');
    assert.ok(sources.length > 1);
    assert.deepEqual(sources.map((part) => part.providerMetadata.lectern.number), sources.map((_, place) => place + 1));
    const [call] = message.parts.filter((part) => part.type === 'dynamic-tool');
    assert.deepEqual([call.toolName, call.state], ['search_book', 'output-available']);
    assert.deepEqual(message.metadata.cited, [1, 2]);
    assert.equal(message.metadata.status, 'complete');
    assert.ok(message.metadata.usage.totalTokens > 0);

    // What is kept is the message that was shown.
    const kept = await reader.json(`/api/conversations/${message.metadata.conversation}`);
    assert.equal(kept.messages[1].id, message.id);
    assert.equal(kept.messages[1].parts.findLast((part) => part.type === 'text').text, text);
  });

  test(`AI SDK ${version} continues a conversation with the messages that it has`, async (t) => {
    const reader = await connect(t, sdk, { text: 'As said [1].' });
    const first = await reader.read([asked(QUESTION)]);
    const second = await reader.read([asked(QUESTION), first, asked('and how long?')]);
    assert.ok(second.parts.some((part) => part.type === 'source-url'));
    assert.notEqual(second.id, first.id);
  });

  test(`AI SDK ${version} is told of an answer that breaks off, and of a request that is refused`, async (t) => {
    const reader = await connect(t, sdk, { tokens: 20, cut_after: 5 });
    const errors = [];
    const message = await reader.read([asked(QUESTION)], (error) => errors.push(String(error)));
    assert.equal(errors.length, 1);
    assert.match(errors[0], /broke off/);
    assert.equal(message.metadata.status, 'cut');
    await assert.rejects(reader.read([asked('')]), /question/);
  });
}

after(() => assert.ok(five.DefaultChatTransport !== six.DefaultChatTransport, 'two versions are tested'));

function asked(text) {
  return { id: `m-${Math.random()}`, role: 'user', parts: [{ type: 'text', text }] };
}

/** A reader of a relay whose model follows this script. */
async function connect(t, { DefaultChatTransport, readUIMessageStream }, script) {
  const mock = await upstream(t);
  await mock.script(script);
  const { url } = await relay(t, folder(t), { ...UNLIMITED, ...asking(mock) });
  const headers = { authorization: `Bearer ${await signUp(url, 'reader@example.org')}` };
  const transport = new DefaultChatTransport({ api: `${url}/api/chat`, headers });
  return {
    json: async (path) => (await fetch(`${url}${path}`, { headers })).json(),
    /** The last state of the answer to these messages. */
    async read(messages, onError) {
      const stream = await transport.sendMessages({ chatId: 'chat', messages, trigger: 'submit-message', abortSignal: undefined });
      let last;
      for await (const message of readUIMessageStream({ stream, onError, terminateOnError: onError === undefined })) last = message;
      return last;
    },
  };
}
