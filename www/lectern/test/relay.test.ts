import { afterEach, describe, expect, it, vi } from 'vitest';
import { relayFor } from '../src/relay/index.js';
import {
  ADA,
  ELSEWHERE,
  HERE,
  event,
  events,
  json,
  page,
  refused,
  signedIn,
  unreachable,
} from './fakeRelay.js';

const KEY = `lectern-session:${HERE}`;
const BEARER_KEY = `lectern-session:${ELSEWHERE}`;
const SIGN_IN = { email: ADA.email, password: 'correct horse' };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a relay', () => {
  it('is one for each address, however that is written', () => {
    page();
    expect(relayFor('/relay')).toBe(relayFor(`${HERE}/`));
    expect(relayFor('/relay').url).toBe(HERE);
    expect(relayFor('/relay')).not.toBe(relayFor(ELSEWHERE));
  });

  it.each([
    [refused('no_profile', 409), { code: 'no_profile', status: 409 }],
    [json({ code: 'PASSWORD_TOO_SHORT', message: 'x' }, 400), { code: 'password_too_short' }],
    [json({ code: 'UNAUTHORIZED' }, 401), { code: 'not_signed_in' }],
    [refused('too_many_requests', 429, { 'retry-after': '7' }), { retryAfter: 7 }],
    [() => new Response('<h1>Bad gateway', { status: 502 }), { code: 'unavailable' }],
    [() => new Response('no', { status: 429 }), { code: 'too_many_requests' }],
    [() => new Response('<h1>Not found', { status: 404 }), { code: 'not_a_relay' }],
    [json(null, 500), { code: 'unavailable' }],
    [() => new Response('<!doctype html>'), { code: 'not_a_relay' }],
  ])('tells a refusal by its code (%#)', async (answer, expected) => {
    const { relay, answer: next } = page();
    next(answer);
    await expect(relay().profile()).rejects.toMatchObject({ name: 'RelayError', ...expected });
  });

  it('takes a date for when to ask again', async () => {
    const { relay, answer } = page();
    const date = new Date(Date.now() + 30_000).toUTCString();
    answer(refused('busy', 503, { 'retry-after': date }));
    const error = await relay()
      .profile()
      .catch((thrown: unknown) => thrown);
    expect((error as { retryAfter: number }).retryAfter).toBeGreaterThan(27);
  });

  it('asks once more where nothing came of a question that changes nothing', async () => {
    const { relay, answer, asked } = page();
    answer(unreachable, json({ background: 'b' }));
    expect(await relay().profile()).toEqual({ background: 'b' });
    answer(unreachable);
    await expect(relay().profile()).rejects.toMatchObject({ code: 'network', status: 0 });
    expect(asked).toHaveLength(4);
  });

  it('does not do twice what changes something', async () => {
    const { relay, answer, asked } = page();
    answer(unreachable);
    await expect(relay().deleteConversation('a/b')).rejects.toMatchObject({ code: 'network' });
    expect(asked.map(({ url }) => url)).toEqual([`${HERE}/api/conversations/a%2Fb`]);
  });

  it('is not waited for without end', async () => {
    vi.useFakeTimers();
    const { relay, answer, asked } = page();
    answer(() => new Promise(() => {}));
    const failed = expect(relay().profile()).rejects.toMatchObject({ code: 'timeout' });
    await vi.advanceTimersByTimeAsync(21_000);
    await failed;
    expect(asked).toHaveLength(1);
  });

  it('throws the reason of who no longer wants the answer', async () => {
    const { relay, answer, asked } = page();
    answer(() => new Promise(() => {}));
    const leaving = new AbortController();
    const request = relay().request('/api/x', { signal: leaving.signal });
    leaving.abort();
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
    await expect(relay().request('/api/x', { signal: leaving.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(asked.length).toBeLessThanOrEqual(2);
  });
});

describe('a session', () => {
  it('on the page’s own origin is in the cookie alone', async () => {
    const { relay, answer, asked, storage } = page();
    answer(signedIn);
    const own = relay();
    await own.signIn(SIGN_IN);
    expect(own.session.getSnapshot()).toEqual({ status: 'signed-in', user: ADA });
    answer(json({}));
    await own.profile();
    expect(asked.at(-1)).toMatchObject({ credentials: 'same-origin', headers: {} });
    expect([...storage.values()]).not.toContain('secret');
  });

  it('elsewhere is a bearer token that the next visit has too', async () => {
    const { relay, answer, asked } = page();
    answer(signedIn);
    await relay(ELSEWHERE).signUp({ name: 'Ada', ...SIGN_IN });
    const next = relay(ELSEWHERE);
    answer(json({ session: { token: 'secret' }, user: ADA }));
    expect(await next.readSession()).toEqual({ status: 'signed-in', user: ADA });
    expect(asked.at(-1)).toMatchObject({
      credentials: 'omit',
      headers: { authorization: 'Bearer secret' },
    });
  });

  it('elsewhere is not asked for where there is no token', async () => {
    const { relay, asked } = page();
    expect(await relay(ELSEWHERE).readSession()).toEqual({ status: 'signed-out' });
    expect(asked).toEqual([]);
  });

  it('lasts as long as the page where storage is blocked', async () => {
    const { relay, answer, asked } = page();
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
    answer(signedIn);
    const own = relay(ELSEWHERE);
    await own.signIn(SIGN_IN);
    answer(json({}));
    await own.profile();
    expect(asked.at(-1)!.headers).toMatchObject({ authorization: 'Bearer secret' });
  });

  it('lasts as long as the page where storage is full', async () => {
    const { relay, answer, asked } = page();
    globalThis.localStorage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    answer(signedIn);
    const own = relay(ELSEWHERE);
    await own.signIn(SIGN_IN);
    answer(json({}));
    await own.profile();
    expect(asked.at(-1)!.headers).toMatchObject({ authorization: 'Bearer secret' });
  });

  it('that ends by itself is told from one that was never there', async () => {
    const { relay, answer } = page();
    const own = relay();
    answer(refused('not_signed_in', 401));
    await expect(own.profile()).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(own.session.getSnapshot()).toEqual({ status: 'signed-out' });
    answer(signedIn);
    await own.signIn(SIGN_IN);
    answer(refused('not_signed_in', 401));
    await expect(own.profile()).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(own.session.getSnapshot()).toEqual({ status: 'expired', user: ADA });
    answer(json(null));
    expect((await own.readSession()).status).toBe('expired');
  });

  it('that has ended sends its token no more', async () => {
    const { relay, answer, asked } = page();
    const own = relay(ELSEWHERE);
    answer(signedIn, json({ code: 'UNAUTHORIZED' }, 401), json({}));
    await own.signIn(SIGN_IN);
    await expect(own.profile()).rejects.toMatchObject({ code: 'not_signed_in' });
    await own.profile();
    expect(asked.at(-1)!.headers).toEqual({});
  });

  it('is not ended by a wrong password', async () => {
    const { relay, answer } = page();
    const own = relay();
    answer(signedIn, json({ code: 'INVALID_EMAIL_OR_PASSWORD' }, 401));
    await own.signIn(SIGN_IN);
    await expect(own.signIn(SIGN_IN)).rejects.toMatchObject({ code: 'invalid_email_or_password' });
    expect(own.session.getSnapshot().status).toBe('signed-in');
  });

  it('is not ended by the late answer to a request from before it', async () => {
    const { relay, answer } = page();
    const own = relay();
    let refuse!: () => void;
    const late = new Promise<void>((resolve) => (refuse = resolve));
    answer((asked) => late.then(() => refused('not_signed_in', 401)(asked)), signedIn);
    const early = own.profile().catch((error: { code: string }) => error.code);
    await own.signIn(SIGN_IN);
    refuse();
    expect(await early).toBe('not_signed_in');
    expect(own.session.getSnapshot().status).toBe('signed-in');
  });

  it('is not forgotten while the relay cannot be reached', async () => {
    const { relay, answer } = page();
    const own = relay();
    answer(signedIn, unreachable);
    await own.signIn(SIGN_IN);
    await expect(own.readSession()).rejects.toMatchObject({ code: 'network' });
    await expect(own.signOut()).rejects.toMatchObject({ code: 'network' });
    expect(own.session.getSnapshot().status).toBe('signed-in');
  });

  it('is asked for once, by however many', async () => {
    const { relay, answer, asked } = page();
    const own = relay();
    answer(json({ user: ADA }));
    await Promise.all([own.readSession(), own.readSession()]);
    expect(asked).toHaveLength(1);
  });

  it('ends in this tab when another signs out', async () => {
    const { relay, answer, elsewhere } = page();
    const own = relay();
    answer(signedIn);
    await own.signIn(SIGN_IN);
    elsewhere(KEY, null);
    expect(own.session.getSnapshot()).toEqual({ status: 'signed-out' });
  });

  it('that another tab has ended sends its token no more', async () => {
    const { relay, answer, asked, elsewhere } = page();
    const own = relay(ELSEWHERE);
    answer(signedIn, json({}));
    await own.signIn(SIGN_IN);
    elsewhere(BEARER_KEY, null);
    await own.profile();
    expect(asked.at(-1)!.headers).toEqual({});
  });

  it('has expired in this tab when another finds that it has', async () => {
    const { relay, answer, elsewhere } = page();
    const own = relay(ELSEWHERE);
    answer(signedIn);
    await own.signIn(SIGN_IN);
    elsewhere(BEARER_KEY, '');
    expect(own.session.getSnapshot()).toEqual({ status: 'expired', user: ADA });
  });

  it('begins in this tab when another signs in', async () => {
    const { relay, answer, elsewhere } = page();
    const own = relay();
    answer(json({ user: ADA }));
    elsewhere(KEY, ADA.id);
    expect(await own.whenSignedIn()).toEqual(ADA);
  });

  it('is read again when the page comes back as it was left', async () => {
    const { relay, answer, restore } = page();
    const own = relay();
    answer(signedIn, json(null));
    await own.signIn(SIGN_IN);
    const ended = new Promise<void>((resolve) => own.session.subscribe(() => resolve()));
    restore();
    await ended;
    expect(own.session.getSnapshot().status).toBe('expired');
  });

  it('is gone with the account', async () => {
    const { relay, answer, asked, storage } = page();
    const own = relay(ELSEWHERE);
    answer(signedIn, json({ success: true }));
    await own.signIn(SIGN_IN);
    await own.deleteAccount();
    expect(asked.at(-1)).toMatchObject({ method: 'DELETE', body: {} });
    expect(own.session.getSnapshot()).toEqual({ status: 'signed-out' });
    expect(storage.size).toBe(0);
  });

  it('can be waited for, until one no longer wants to', async () => {
    const { relay } = page();
    const leaving = new AbortController();
    const waiting = relay().whenSignedIn(leaving.signal);
    leaving.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
  });
});

describe('a stream', () => {
  const START = { type: 'start', messageId: 'm', messageMetadata: { answerer: 'model' } };
  const DELTA = { type: 'text-delta', id: 't', delta: 'naïve — 頭' };

  it('gives its parts, wherever the network has cut them', async () => {
    const { relay, answer } = page();
    const text = `: \n\n${event(START)}${event(DELTA)}data: [DONE]\n\n`;
    answer(events(text.slice(0, 20), text.slice(20, 21), text.slice(21)));
    expect(await all(relay().stream('/api/chat', { question: 'q' }))).toEqual([START, DELTA]);
  });

  it.each([
    ['breaks off', [event(START), new TypeError('network error')]],
    ['ends before its end', [event(START)]],
    ['is garbled', [event(START), 'data: {"type\n\n']],
  ])('that %s gives what came and says so', async (_, texts) => {
    const { relay, answer } = page();
    answer(events(...texts));
    const parts: unknown[] = [];
    const reading = async () => {
      for await (const part of relay().stream('/api/chat', {})) parts.push(part);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'cut' });
    expect(parts).toEqual([START]);
  });

  it('that falls silent is given up', async () => {
    vi.useFakeTimers();
    const { relay, answer, asked } = page();
    const silent = new ReadableStream({ start: (own) => own.enqueue(encoded(event(START))) });
    answer(({ signal }) => {
      const body = silent.pipeThrough(new TransformStream(), { signal });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    });
    const failed = expect(all(relay().stream('/api/chat', {}))).rejects.toMatchObject({
      code: 'timeout',
    });
    await vi.advanceTimersByTimeAsync(46_000);
    await failed;
    expect(asked[0]!.signal.aborted).toBe(true);
  });

  it('is ended by who stops listening', async () => {
    const { relay, answer, asked } = page();
    answer(events(event(START), event(DELTA)));
    for await (const part of relay().stream('/api/chat', {})) {
      expect(part).toEqual(START);
      break;
    }
    expect(asked[0]!.signal.aborted).toBe(true);
  });

  it('that is refused says why', async () => {
    const { relay, answer } = page();
    answer(refused('no_profile', 409));
    await expect(all(relay().stream('/api/personalize', {}))).rejects.toMatchObject({
      code: 'no_profile',
    });
    answer(json({ no: 'stream' }));
    await expect(all(relay().stream('/api/chat', {}))).rejects.toMatchObject({
      code: 'not_a_relay',
    });
  });
});

async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const part of parts) list.push(part);
  return list;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
