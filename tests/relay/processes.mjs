// The relay and the mock upstream as processes, and readers of theirs.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { RELAY, SHELF } from '../support/paths.mjs';

const UPSTREAM = process.env.LECTERN_UPSTREAM ?? join(dirname(RELAY), 'lectern-upstream');
const PATIENCE = 20_000;

/** Budgets for tests that ask more often than readers do. */
export const UNLIMITED = {
  LECTERN_USER_BUDGET: 'none',
  LECTERN_TOTAL_BUDGET: 'none',
  LECTERN_ADDRESS_BUDGET: 'none',
  LECTERN_ANONYMOUS_BUDGET: 'none',
  LECTERN_SIGN_UPS_PER_HOUR: '1000000',
};

/** A folder that is removed when the test ends. */
export function folder(test) {
  const path = mkdtempSync(join(tmpdir(), 'lectern-relay-'));
  test.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * A relay over a database in `path`, once it is ready: `{ url, process, lines, stop(signal) }`, where `lines` are those of its log
 * so far. `settings` are environment variables. It ends with the test.
 */
export async function relay(test, path, settings = {}) {
  const environment = {
    PATH: process.env.PATH,
    LECTERN_SHELF: SHELF,
    LECTERN_LISTEN: '127.0.0.1:0',
    LECTERN_DATABASE: `sqlite:${join(path, 'lectern.db')}`,
    ...settings,
  };
  const child = spawn(RELAY, [], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  const ready = await line(test, child, child.stdout, lines, (text) => parsed(text)?.message === 'ready' && parsed(text));
  return { url: `http://${ready.listen}`, process: child, lines, stop: (signal) => stop(child, signal) };
}

/** A relay that is not expected to start: `{ code, text }` of its end. */
export async function failing(settings, flags = []) {
  const child = spawn(RELAY, flags, { env: { PATH: process.env.PATH, ...settings }, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  const code = await ended(child);
  return { code, text };
}

/** The mock upstream: `{ url, process, stats(), script(settings) }`. It ends with the test. */
export async function upstream(test) {
  const child = spawn(UPSTREAM, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await line(test, child, child.stdout, [], (text) => text.startsWith('http') && text.trim());
  return {
    url,
    process: child,
    stats: async () => (await fetch(`${url}/stats`)).json(),
    script: async (settings) => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(settings) };
      if (!(await fetch(`${url}/script`, options)).ok) throw new Error('the mock upstream does not take the script');
    },
  };
}

/** Settings of a relay that asks this upstream. */
export function asking(mock) {
  return { LECTERN_OPENAI_URL: `${mock.url}/v1`, LECTERN_OPENAI_KEY: 'sk-test', LECTERN_PROVIDERS: 'openai' };
}

/** Signs up and gives the session's token, or nothing where that was refused or broke off. */
export async function signUp(url, email) {
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Reader', email, password: 'a good password' }),
  });
  return response.ok ? (await response.json()).token : undefined;
}

/** Asks, and gives the response whose body is the stream. */
export function chat(url, token, question, options = {}) {
  return fetch(`${url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ question, ...options.body }),
    signal: options.signal,
  });
}

/** The value of a metric without labels. */
export async function metric(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.split('\n').find((row) => row.startsWith(`${name} `));
  return found === undefined ? undefined : Number(found.slice(name.length + 1));
}

/** Open files of a process. */
export function openFiles(child) {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** The most bytes of memory that a process has had at a time. */
export function mostMemory(child) {
  const most = readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m);
  return Number(most[1]) * 1024;
}

/** Waits until `check` gives something, and gives it. */
export async function eventually(check, patience = PATIENCE) {
  const until = performance.now() + patience;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (performance.now() > until) throw new Error(`not within ${patience} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for the end of a process, and gives its code. */
export function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

async function stop(child, signal = 'SIGTERM') {
  child.kill(signal);
  return ended(child);
}

function line(test, child, output, lines, accept) {
  test.after(() => stop(child, 'SIGKILL'));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready: ${lines.join('\n')}`)), PATIENCE);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
    createInterface({ input: output }).on('line', (text) => {
      lines.push(text);
      const accepted = accept(text);
      if (!accepted) return;
      clearTimeout(late);
      resolve(accepted);
    });
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
