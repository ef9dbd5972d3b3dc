// A static host as far as it shows in bytes and waiting: HTTP/2, brotli, caching, and a line of any length.
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { contentType } from '../../../scripts/serve.mjs';
import { launch } from '../../support/chromium.mjs';
import { MADE } from './paths.mjs';

// Hosts compress these on the way; all else is sent as it is stored.
const COMPRESSED = /\.(css|html|js|json|mjs|svg|wasm)$/;
// All else is named after its content, or would be once bundled.
const CHANGING = /(\.html|manifest\.json|pagefind-entry\.json)$/;
const DAYS = 30;

/**
 * Serves folders by URL prefix on loopback. Resolves to its `url`, `delay`, the milliseconds that every response
 * waits before its first byte (0 until set), `browse`, which starts a browser that trusts it, and `close`.
 */
export async function host(mounts) {
  const { key, cert, pin } = certificate();
  const server = createSecureServer({ key, cert });
  const files = new Map();
  const state = { delay: 0 };
  server.on('stream', (stream, headers) =>
    respond(stream, headers, { mounts, files, state }).catch(() => stream.destroy()),
  );
  const sessions = new Set();
  server.on('session', (session) => sessions.add(session.on('close', () => sessions.delete(session))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    url: `https://localhost:${server.address().port}`,
    browse: () => launch([`--ignore-certificate-errors-spki-list=${pin}`]),
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise((done) => server.close(done));
    },
  });
}

async function respond(stream, headers, { mounts, files, state }) {
  await sleep(state.delay);
  const file = fileOf(mounts, new URL(headers[':path'], 'https://localhost').pathname);
  if (!file) {
    stream.respond({ ':status': 404 }, { endStream: true });
    return;
  }
  if (!files.has(file)) files.set(file, prepared(file));
  const { body, ...head } = files.get(file);
  if (headers['if-none-match'] === head.etag) {
    stream.respond({ ':status': 304, etag: head.etag }, { endStream: true });
    return;
  }
  stream.respond({ ':status': 200, ...head });
  stream.end(body);
}

function fileOf(mounts, path) {
  const prefix = Object.keys(mounts)
    .filter((own) => path.startsWith(own))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return undefined;
  const file = join(mounts[prefix], path.slice(prefix.length));
  return file.startsWith(join(mounts[prefix], sep)) && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

function prepared(file) {
  const stored = readFileSync(file);
  const body = COMPRESSED.test(file) ? brotliCompressSync(stored) : stored;
  return {
    body,
    'content-type': contentType(file),
    ...(body !== stored && { 'content-encoding': 'br' }),
    'content-length': body.length,
    'cache-control': CHANGING.test(file) ? 'no-cache' : 'public, max-age=31536000, immutable',
    etag: `"${createHash('sha256').update(stored).digest('hex').slice(0, 16)}"`,
  };
}

/** A certificate for this machine alone, with the hash by which a browser can be told to trust it. */
function certificate() {
  const [key, cert] = ['host.key', 'host.crt'].map((name) => join(MADE, name));
  if (!existsSync(cert) || new Date(new X509Certificate(readFileSync(cert)).validTo) < Date.now()) {
    mkdirSync(MADE, { recursive: true });
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const name = ['-days', String(DAYS), '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  }
  const spki = new X509Certificate(readFileSync(cert)).publicKey.export({ type: 'spki', format: 'der' });
  return {
    key: readFileSync(key),
    cert: readFileSync(cert),
    pin: createHash('sha256').update(spki).digest('base64'),
  };
}
