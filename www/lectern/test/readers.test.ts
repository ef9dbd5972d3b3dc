import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  accountFormOf,
  profileFormOf,
  retellingsOf,
  type Profile,
  type Relay,
} from '../src/relay/index.js';
import {
  ADA,
  event,
  events,
  json,
  page,
  refused,
  signedIn,
  unreachable,
  type Answer,
} from './fakeRelay.js';

const PROFILE: Profile = {
  background: 'web servers',
  goals: '',
  language: 'ur',
  levels: { control: 'beginner' },
};
const DONE = 'data: [DONE]\n\n';
const SOURCE = {
  type: 'source-url',
  sourceId: '1',
  url: 'docs/a#b',
  title: 'A',
  providerMetadata: { lectern: { number: 1, passage: 7, headings: ['B'] } },
};

afterEach(() => vi.unstubAllGlobals());

describe('the form of an account', () => {
  it.each([
    ['sign-in', { email: 'ada' }, 'secret', 'invalid_email'],
    ['sign-in', { email: ADA.email }, '', 'password_missing'],
    ['sign-up', { email: ADA.email }, 'long enough', 'name_missing'],
    ['sign-up', { email: ADA.email, name: ' A ' }, 'short', 'password_too_short'],
    ['sign-up', { email: ADA.email, name: 'A' }, 'x'.repeat(129), 'password_too_long'],
  ] as const)(
    'is not sent where the relay would refuse it: %s %o',
    async (mode, fields, password, code) => {
      const { relay, asked } = page();
      const form = accountFormOf(relay());
      form.edit({ mode, ...fields });
      await form.submit(password);
      expect(form.state.getSnapshot()).toMatchObject({ failure: { code }, busy: false });
      expect(asked).toEqual([]);
      form.edit({ email: 'other@example.org' });
      expect(form.state.getSnapshot().failure).toBeUndefined();
    },
  );

  it('takes short passwords that an older relay may have taken', async () => {
    const { relay, answer, asked } = page();
    const form = accountFormOf(relay());
    answer(signedIn);
    form.edit({ email: ` ${ADA.email} ` });
    await form.submit('short');
    expect(asked[0]!.body).toEqual({ email: ADA.email, password: 'short' });
  });

  it('is sent once, however often it is pressed', async () => {
    const { relay, answer, asked } = page();
    const form = accountFormOf(relay());
    answer(signedIn);
    form.edit({ email: ADA.email });
    await Promise.all([form.submit('secret'), form.submit('secret')]);
    expect(asked).toHaveLength(1);
  });

  it('leaves nothing behind of who has signed in, and no password anywhere', async () => {
    const { relay, answer } = page();
    const form = accountFormOf(relay());
    answer(signedIn);
    form.edit({ mode: 'sign-up', name: 'Ada', email: ADA.email });
    await form.submit('a good password');
    expect(form.state.getSnapshot()).toEqual({ mode: 'sign-in', name: '', email: '', busy: false });
  });

  it('keeps what was typed when it was refused', async () => {
    const { relay, answer } = page();
    const form = accountFormOf(relay());
    answer(json({ code: 'TOO_MANY_REQUESTS' }, 429, { 'retry-after': '60' }));
    form.edit({ email: ADA.email });
    await form.submit('secret');
    expect(form.state.getSnapshot()).toMatchObject({
      email: ADA.email,
      failure: { code: 'too_many_requests', retryAfter: 60 },
    });
  });

  it('knows whose session has expired', async () => {
    const { own, answer } = await someone();
    answer(refused('not_signed_in', 401));
    await own.profile().catch(() => {});
    expect(accountFormOf(own).state.getSnapshot()).toMatchObject({
      mode: 'sign-in',
      email: ADA.email,
    });
  });
});

describe('the form of a profile', () => {
  it('is read once and saved as rows that have a subject', async () => {
    const { own, answer, asked } = await someone();
    answer(json(PROFILE));
    const form = profileFormOf(own);
    await Promise.all([form.load(), form.load()]);
    await form.load();
    expect(asked).toHaveLength(2);
    expect(form.state.getSnapshot()).toMatchObject({
      status: 'ready',
      fields: { levels: [{ subject: 'control', level: 'beginner' }] },
    });
    form.edit({
      levels: [
        { subject: ' maths ', level: 'none' },
        { subject: ' ', level: 'advanced' },
      ],
    });
    expect(form.state.getSnapshot().saving).toBe('unsaved');
    answer((request) => Response.json(request.body));
    await form.save();
    expect(asked.at(-1)!.body).toEqual({ ...PROFILE, levels: { maths: 'none' } });
    expect(form.state.getSnapshot().saving).toBe('saved');
  });

  it('loses nothing that is typed while it is saved', async () => {
    const { own, answer } = await someone();
    const form = profileFormOf(own);
    answer(json(PROFILE));
    await form.load();
    form.edit({ goals: 'a' });
    const saving = form.save();
    form.edit({ goals: 'ab' });
    await saving;
    expect(form.state.getSnapshot()).toMatchObject({ saving: 'unsaved', fields: { goals: 'ab' } });
  });

  it('keeps what was typed when the session has expired, for the same reader alone', async () => {
    const { own, answer } = await someone();
    const form = profileFormOf(own);
    answer(json(PROFILE));
    await form.load();
    form.edit({ goals: 'a' });
    answer(refused('not_signed_in', 401));
    await form.save();
    answer(signedIn);
    await own.signIn({ email: ADA.email, password: 'secret' });
    expect(form.state.getSnapshot()).toMatchObject({ status: 'ready', fields: { goals: 'a' } });
    answer(json({ token: 't', user: { ...ADA, id: 'other' } }));
    await own.signIn({ email: 'other@example.org', password: 'secret' });
    expect(form.state.getSnapshot()).toMatchObject({ status: 'unread', fields: { goals: '' } });
  });

  it('that cannot be read can be read again', async () => {
    const { own, answer } = await someone();
    const form = profileFormOf(own);
    answer(unreachable);
    await form.load();
    expect(form.state.getSnapshot()).toMatchObject({
      status: 'unreadable',
      failure: { code: 'network' },
    });
    answer(json(PROFILE));
    await form.load();
    expect(form.state.getSnapshot().status).toBe('ready');
  });
});

describe('a retelling', () => {
  const told = (own: Relay, name = 'docs/a') => retellingsOf(own).state.getSnapshot().get(name);

  it('has the text and its sources', async () => {
    const { own, answer, asked } = await someone();
    answer(json(PROFILE), telling('one', ' two'));
    await retellingsOf(own).start('docs/a', 'en');
    expect(told(own)).toEqual({
      status: 'done',
      text: 'one two',
      sources: [{ number: 1, passage: 7, url: 'docs/a#b', title: 'A', headings: ['B'] }],
    });
    expect(asked.at(-1)!.body).toEqual({ page: 'docs/a', language: 'ur' });
  });

  it('waits for somebody to sign in, and then for a profile', async () => {
    const { relay, answer } = page();
    const own = relay();
    answer(json(null));
    const telling1 = retellingsOf(own).start('docs/a', 'en');
    await until(own, 'sign-in');
    answer(signedIn, json({ ...PROFILE, language: '' }), refused('no_profile', 409));
    await own.signIn({ email: ADA.email, password: 'secret' });
    await until(own, 'profile');
    answer(json(PROFILE), telling('told'));
    await profileFormOf(own).save();
    await telling1;
    expect(told(own)).toMatchObject({ status: 'done', text: 'told' });
  });

  it.each([
    ['breaks off', events(delta('a'), new TypeError('gone')), 'cut', 'a'],
    [
      'is ended by the relay',
      events(delta('a'), event({ type: 'error', errorText: 'x' }), DONE),
      'cut',
      'a',
    ],
    ['nobody gives', events(event({ type: 'error', errorText: 'x' }), DONE), 'unavailable', ''],
    [
      'is refused',
      events(event({ type: 'finish', finishReason: 'content-filter' }), DONE),
      'refused',
      '',
    ],
    [
      'is too long',
      events(delta('a'), event({ type: 'finish', finishReason: 'length' }), DONE),
      'cut',
      'a',
    ],
    ['there is no page for', refused('not_found', 404), 'not_found', ''],
  ])('that %s says so and keeps what came', async (_, answered, code, text) => {
    const { own, answer } = await someone();
    answer(json(PROFILE), answered);
    await retellingsOf(own).start('docs/a', 'en');
    expect(told(own)).toMatchObject({ status: 'failed', failure: { code }, text });
  });

  it('that is stopped keeps what came, or nothing where nothing came', async () => {
    const { own, answer, asked } = await someone();
    answer(json(PROFILE), endless('a'), endless());
    const retellings = retellingsOf(own);
    const first = retellings.start('docs/a', 'en');
    await vi.waitFor(() => expect(told(own)?.text).toBe('a'));
    retellings.stop('docs/a');
    await first;
    expect(told(own)).toMatchObject({ status: 'stopped', text: 'a' });
    const second = retellings.start('docs/b', 'en');
    await vi.waitFor(() => expect(asked).toHaveLength(4));
    retellings.stop('docs/b');
    await second;
    expect(told(own, 'docs/b')).toBeUndefined();
    expect(asked.slice(2).every(({ signal }) => signal.aborted)).toBe(true);
  });

  it('is not begun again where it is there', async () => {
    const { own, answer, asked } = await someone();
    answer(json(PROFILE), telling('one'));
    const retellings = retellingsOf(own);
    await retellings.start('docs/a', 'en');
    retellings.begin('docs/a', 'en');
    expect(asked).toHaveLength(3);
  });

  it('takes the place of the one before of the same page', async () => {
    const { own, answer } = await someone();
    answer(json(PROFILE), endless('old'), telling('new'));
    const retellings = retellingsOf(own);
    const first = retellings.start('docs/a', 'en');
    await vi.waitFor(() => expect(told(own)?.text).toBe('old'));
    await retellings.start('docs/a', 'en');
    await first;
    expect(told(own)).toMatchObject({ status: 'done', text: 'new' });
  });

  it('is not shown to another reader, nor kept without end', async () => {
    const { own, answer } = await someone();
    answer(json(PROFILE), telling('one'));
    for (let at = 0; at < 10; at++) await retellingsOf(own).start(`docs/${at}`, 'en');
    expect([...retellingsOf(own).state.getSnapshot().keys()]).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9].map((at) => `docs/${at}`),
    );
    answer(json({ success: true }));
    await own.signOut();
    expect(retellingsOf(own).state.getSnapshot().size).toBe(0);
  });

  async function until(own: Relay, status: string) {
    await vi.waitFor(() => expect(told(own)?.status).toBe(status));
  }
});

/** A page whose reader is signed in. */
async function someone() {
  const own = page();
  const relay = own.relay();
  own.answer(signedIn);
  await relay.signIn({ email: ADA.email, password: 'secret' });
  return { ...own, own: relay };
}

function delta(text: string): string {
  return event({ type: 'text-delta', id: 't', delta: text });
}

function telling(...texts: string[]): Answer {
  return events(event(SOURCE), ...texts.map(delta), DONE);
}

/** Gives some text and then nothing, until the request is ended. */
function endless(...texts: string[]): Answer {
  return ({ signal }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const text of texts) controller.enqueue(new TextEncoder().encode(delta(text)));
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}
