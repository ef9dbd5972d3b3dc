import { vi } from 'vitest';
import { Relay } from '../src/relay/index.js';

/** A request as the relay got it. */
export interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  credentials?: RequestCredentials;
  body: unknown;
  signal: AbortSignal;
}

/** What the relay does with a request. */
export type Answer = (asked: Asked) => Response | Promise<Response>;

/** Where the page of these tests is. */
export const SITE = 'https://book.example';

/** A relay beside the site, and one elsewhere. */
export const HERE = `${SITE}/relay`;
export const ELSEWHERE = 'https://relay.example';

export const ADA = { id: 'a1', name: 'Ada', email: 'ada@example.org' };

/** A page with storage, and a relay whose answers are taken from `answers` in turn; the last one stays. */
export function page({ storage = new Map<string, string>() } = {}) {
  const asked: Asked[] = [];
  const answers: Answer[] = [];
  const target = new EventTarget();
  const localStorage = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
    removeItem: (key: string) => void storage.delete(key),
  };
  vi.stubGlobal('location', new URL(`${SITE}/docs/`));
  vi.stubGlobal('localStorage', localStorage);
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const request = {
      method: init.method!,
      url,
      headers: init.headers as Record<string, string>,
      credentials: init.credentials,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      signal: init.signal!,
    };
    asked.push(request);
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    const ended = new Promise<never>((_, reject) => {
      const end = () => reject(request.signal.reason);
      if (request.signal.aborted) end();
      else request.signal.addEventListener('abort', end);
    });
    return Promise.race([Promise.resolve(request).then(answer), ended]);
  });
  return {
    asked,
    storage,
    answer: (...next: Answer[]) => void answers.splice(0, answers.length, ...next),
    relay: (url = HERE) => new Relay(url),
    /** What another tab has done to the storage. */
    elsewhere: (key: string, newValue: string | null) => {
      if (newValue === null) storage.delete(key);
      else storage.set(key, newValue);
      const event = Object.assign(new Event('storage'), {
        key,
        newValue,
        storageArea: localStorage,
      });
      target.dispatchEvent(event);
    },
    restore: () => target.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })),
  };
}

/** Answers with JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return () => Response.json(body, { status, headers });
}

/** Refuses, as the relay's own routes do. */
export function refused(code: string, status: number, headers?: Record<string, string>): Answer {
  return json({ error: { code, message: `it is ${code}` } }, status, headers);
}

/** Cannot be reached. */
export const unreachable: Answer = () => Promise.reject(new TypeError('Failed to fetch'));

/** Answers that somebody has signed in. */
export const signedIn = json({ token: 'secret', user: { ...ADA, image: null } });

/** Answers with events; what is no text breaks the connection. */
export function events(...texts: (string | Error)[]): Answer {
  return () => {
    const queue = [...texts];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = queue.shift();
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(new TextEncoder().encode(next));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

/** A part as an event. */
export function event(part: unknown): string {
  return `data: ${JSON.stringify(part)}\n\n`;
}
