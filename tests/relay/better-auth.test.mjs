// The relay and Better Auth: its client against the relay, and its server over the relay's database.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { betterAuth } from 'better-auth';
import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';
import { toNodeHandler } from 'better-auth/node';
import { bearer } from 'better-auth/plugins';
import Database from 'better-sqlite3';
import { RELAY, SHELF } from '../support/paths.mjs';

const ADA = { name: 'Ada', email: 'ada@example.org', password: 'correct horse ﬁ' };
const BOB = { name: 'Bob', email: 'bob@example.org', password: 'battery staple' };
const SECRET = 'of thirty-two characters, or more of them';
const START = 10_000;

let folder;
let file;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'lectern-better-auth-'));
  file = join(folder, 'relay.db');
});
after(() => rmSync(folder, { recursive: true }));

/** Starts the relay over the database, and says where it is. */
async function startRelay() {
  const flags = ['--shelf', SHELF, '--database', `sqlite:${file}`, '--listen', '127.0.0.1:0'];
  const env = { ...process.env, LECTERN_SECRET: SECRET };
  const relay = spawn(RELAY, flags, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let timer;
  const url = await new Promise((resolve, reject) => {
    let log = '';
    relay.stdout.on('data', (data) => {
      log += data;
      const ready = log.match(/"url":"(http:[^"]+?)\/?"/);
      if (ready) resolve(ready[1]);
    });
    relay.on('exit', () => reject(new Error(`the relay ended: ${log}`)));
    timer = setTimeout(() => {
      relay.kill('SIGKILL');
      reject(new Error(`the relay did not start: ${log}`));
    }, START);
  });
  clearTimeout(timer);
  return {
    url,
    async stop() {
      if (relay.exitCode !== null) return;
      const gone = once(relay, 'exit');
      relay.kill('SIGTERM');
      await gone;
    },
  };
}

/** Starts a Better Auth server over the database, as its guide does it. */
async function startBetterAuth() {
  const database = new Database(file);
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const auth = betterAuth({
    baseURL: url,
    secret: SECRET,
    database,
    emailAndPassword: { enabled: true },
    plugins: [bearer()],
    telemetry: { enabled: false },
  });
  server.on('request', toNodeHandler(auth));
  return {
    url,
    database,
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      database.close();
    },
  };
}

/** The client of Better Auth, with the cookies that a browser would keep. */
function client(url, plugins = []) {
  const cookies = new Map();
  const made = createAuthClient({
    baseURL: url,
    plugins,
    fetchOptions: {
      onRequest: (context) => {
        const sent = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        if (sent) context.headers.set('cookie', sent);
        context.headers.set('origin', url);
      },
      onResponse: ({ response }) => {
        for (const cookie of response.headers.getSetCookie()) {
          const [pair] = cookie.split(';');
          const at = pair.indexOf('=');
          if (/max-age=0/i.test(cookie)) cookies.delete(pair.slice(0, at));
          else cookies.set(pair.slice(0, at), pair.slice(at + 1));
        }
      },
    },
  });
  return { ...bind(made), cookies };
}

function bind({ signUp, signIn, signOut, getSession, token, jwks }) {
  return { signUp, signIn, signOut, getSession, token, jwks };
}

describe("Better Auth's client against the relay", () => {
  let relay;
  let reader;
  before(async () => {
    relay = await startRelay();
    reader = client(relay.url, [jwtClient()]);
  });
  after(() => relay.stop());

  it('signs up, and has a session by its cookie', async () => {
    const { data, error } = await reader.signUp.email(ADA);
    assert.equal(error, null);
    assert.equal(data.user.email, ADA.email);
    assert.deepEqual([...reader.cookies.keys()], ['better-auth.session_token']);
    const session = await reader.getSession();
    assert.equal(session.data.user.id, data.user.id);
    assert.equal(session.data.session.token, data.token);
    assert.ok(session.data.session.expiresAt instanceof Date);
  });

  it('is told of errors by the codes it knows', async () => {
    const taken = await client(relay.url).signUp.email(ADA);
    assert.equal(taken.error.status, 422);
    assert.equal(taken.error.code, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL');
    const wrong = await client(relay.url).signIn.email({ ...ADA, password: 'wrong horse' });
    assert.equal(wrong.error.status, 401);
    assert.equal(wrong.error.code, 'INVALID_EMAIL_OR_PASSWORD');
    const short = await client(relay.url).signUp.email({ ...BOB, password: 'short' });
    assert.equal(short.error.code, 'PASSWORD_TOO_SHORT');
  });

  it('gets a token, and the key to check it with', async () => {
    const { data } = await reader.token();
    const keys = await reader.jwks();
    const [header, claims, signature] = data.token.split('.');
    const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url'));
    assert.equal(alg, 'EdDSA');
    const jwk = keys.data.keys.find((key) => key.kid === kid);
    const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']);
    const signed = new TextEncoder().encode(`${header}.${claims}`);
    assert.ok(await crypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'base64url'), signed));
    const { sub, iss, aud, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url'));
    const { data: session } = await reader.getSession();
    assert.deepEqual([sub, iss, aud, exp - iat], [session.user.id, relay.url, relay.url, 900]);
  });

  it('uses the bearer header', async () => {
    let signed;
    const options = { onSuccess: ({ response }) => (signed = response.headers.get('set-auth-token')) };
    const { data } = await client(relay.url).signIn.email(ADA, options);
    for (const token of [signed, data.token]) {
      const other = createAuthClient({
        baseURL: relay.url,
        fetchOptions: { auth: { type: 'Bearer', token } },
      });
      const session = await other.getSession();
      assert.equal(session.data.user.id, data.user.id);
    }
  });

  it('signs out, and is signed in no more', async () => {
    const { data } = await reader.signOut();
    assert.deepEqual(data, { success: true });
    assert.equal(reader.cookies.size, 0);
    assert.equal((await reader.getSession()).data, null);
    assert.equal((await reader.token()).error.status, 401);
  });
});

describe("Better Auth's server over the relay's database", () => {
  it('signs in who signed up at the relay, and the relay who signed up there', async (t) => {
    let relay = await startRelay();
    t.after(() => relay.stop());
    await client(relay.url).signUp.email(ADA);
    await relay.stop();

    const server = await startBetterAuth();
    t.after(() => server.stop());
    const ada = await client(server.url).signIn.email(ADA);
    assert.equal(ada.error, null);
    assert.equal(ada.data.user.name, ADA.name);
    assert.ok(ada.data.user.createdAt instanceof Date);
    const bob = await client(server.url).signUp.email(BOB);
    assert.equal(bob.error, null);
    await server.stop();

    relay = await startRelay();
    const back = client(relay.url);
    const again = await back.signIn.email(BOB);
    assert.equal(again.error, null);
    assert.equal(again.data.user.id, bob.data.user.id);
    assert.equal((await back.getSession()).data.user.email, BOB.email);
  });

  it('works beside it at the same time, and each reads the times of the other', async (t) => {
    const relay = await startRelay();
    t.after(() => relay.stop());
    const server = await startBetterAuth();
    t.after(() => server.stop());
    const [here, there] = [client(relay.url), client(server.url)];
    await Promise.all([here.signIn.email(ADA), there.signIn.email(ADA)]);
    const [one, other] = [(await here.getSession()).data, (await there.getSession()).data];
    assert.deepEqual(one.user, other.user);
    const rows = server.database.prepare('SELECT "expiresAt", "createdAt", "updatedAt" FROM "session"').all();
    for (const time of rows.flatMap(Object.values)) {
      assert.equal(new Date(time).toISOString(), time);
    }
    // Better Auth asks the clock twice for a session's beginning and end.
    const week = 7 * 24 * 3600 * 1000;
    for (const { session } of [one, other]) {
      const lasts = session.expiresAt - session.createdAt;
      assert.ok(Math.abs(lasts - week) < 60_000, `${lasts} ms`);
    }
  });

  it('finds no token of the relay in it, so none can be stolen from it', async (t) => {
    const relay = await startRelay();
    t.after(() => relay.stop());
    const { data } = await client(relay.url).signIn.email(ADA);
    await relay.stop();
    const database = new Database(file, { readonly: true });
    const tokens = database.prepare('SELECT "token" FROM "session"').pluck().all();
    database.close();
    assert.ok(tokens.length > 0 && !tokens.includes(data.token));
  });
});
