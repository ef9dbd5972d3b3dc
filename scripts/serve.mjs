#!/usr/bin/env node
// Serves a folder on loopback the way a plain static host does: correct types, validators, ten minutes of
// caching, no compression. Used by scripts/demo, scripts/bench and the tests.
import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HOST = '127.0.0.1';
const CACHE_CONTROL = 'public, max-age=600';
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

/**
 * Starts a server for folders by URL prefix, e.g. `{ '/': 'www/site/build', '/pkg/': 'pkg/browser' }`;
 * the longest prefix wins; every answer has the `headers`. Resolves to its origin URL and a `close` that ends open
 * connections as well.
 */
export async function serve(mounts, { port = 0, headers = {} } = {}) {
  const folders = Object.entries(mounts)
    .map(([prefix, folder]) => ({ prefix, folder: resolve(folder) }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    respond(folders, request, response).catch((error) => {
      response.headersSent ? response.destroy(error) : send(response, 500, 'Internal error');
    });
  });
  await listen(server, port);
  return {
    url: `http://localhost:${server.address().port}`,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

/** Listens on `port`, or on a free one when it is taken. */
function listen(server, port) {
  return new Promise((done, failed) => {
    server.once('error', (error) => {
      if (error.code !== 'EADDRINUSE' || port === 0) return failed(error);
      server.once('error', failed).listen(0, HOST);
    });
    server.once('listening', done).listen(port, HOST);
  });
}

async function respond(folders, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'Method not allowed');
  const path = decodePath(request.url);
  const mount = path && folders.find(({ prefix }) => path.startsWith(prefix));
  if (!mount) return send(response, 404, 'Not found');
  const wanted = join(mount.folder, path.slice(mount.prefix.length));
  if (wanted !== mount.folder && !wanted.startsWith(mount.folder + sep)) return send(response, 404, 'Not found');

  const found = await locate(wanted);
  if (!found) return notFound(mount.folder, response);
  if (found.directory && !path.endsWith('/')) {
    response.writeHead(301, { location: `${path}/` });
    return response.end();
  }
  sendFile(found, request, response);
}

/** The decoded path of a request, or undefined when it is not a valid one. */
function decodePath(url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

/** The file a static host would answer with: itself, its `index.html`, or the same name with `.html`. */
async function locate(wanted) {
  const candidates = [
    { file: wanted, directory: false },
    { file: join(wanted, 'index.html'), directory: true },
    { file: `${wanted}.html`, directory: false },
  ];
  for (const candidate of candidates) {
    const info = await stat(candidate.file).catch(() => undefined);
    if (info?.isFile()) return { ...candidate, info };
  }
  return undefined;
}

/** The type that a file is served with. */
export function contentType(file) {
  return TYPES[extname(file)] ?? 'application/octet-stream';
}

function sendFile({ file, info }, request, response) {
  const etag = `"${info.size.toString(16)}-${info.mtimeMs.toString(16)}"`;
  const headers = {
    'cache-control': CACHE_CONTROL,
    'content-type': contentType(file),
    etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    return response.end();
  }
  response.writeHead(200, { ...headers, 'content-length': info.size });
  if (request.method === 'HEAD') return response.end();
  createReadStream(file)
    .on('error', (error) => response.destroy(error))
    .pipe(response);
}

async function notFound(folder, response) {
  const page = await readFile(join(folder, '404.html')).catch(() => 'Not found');
  response.writeHead(404, { 'content-type': TYPES['.html'] });
  response.end(page);
}

function send(response, status, text) {
  response.writeHead(status, { 'content-type': TYPES['.txt'] });
  response.end(`${text}\n`);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '3000' }, base: { type: 'string', default: '/' } },
  });
  if (positionals.length !== 1) {
    console.error('Usage: scripts/serve.mjs FOLDER [--port N] [--base /book/]');
    process.exit(2);
  }
  const server = await serve({ [values.base]: positionals[0] }, { port: Number(values.port) });
  console.log(`Serving ${positionals[0]} at ${server.url}${values.base} (Ctrl-C stops)`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => server.close().then(() => process.exit(0)));
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
