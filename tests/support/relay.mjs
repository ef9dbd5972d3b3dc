// A relay as far as readers' browsers need one: `POST /api/embed`, as `src/browser/relay.rs` describes it.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MODEL, PKG } from './paths.mjs';

const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'content-type': 'application/json',
};

/** Starts a relay on loopback: its `url`, the questions it was `asked`, and `close`. */
export async function startRelay() {
  const { Embedder } = createRequire(import.meta.url)(join(PKG, 'node/lectern_node.js'));
  const embedder = new Embedder(readFileSync(MODEL));
  const asked = [];
  const server = createServer(async (request, response) => {
    response.writeHead(request.url === '/api/embed' ? 200 : 404, HEADERS);
    if (request.method !== 'POST') return response.end();
    const question = JSON.parse((await request.toArray()).join(''));
    asked.push(question);
    response.end(JSON.stringify({ embedding: [...embedder.embedQuestion(question.input)] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}
