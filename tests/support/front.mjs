// One origin for a site and its relay, as a reverse proxy gives it, with the faults that a network has.
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

/**
 * Passes requests on by the longest prefix of `routes`, `{ '/relay/': { url, strip: true }, '/': { url } }`; `strip`
 * leaves the prefix out. What it gives has `url`, `requests` (`{ method, path }` of all so far), `close`, and:
 * - `delay`, milliseconds before each request is passed on;
 * - `rate`, bytes in a second that all answers share, as on a slow line;
 * - `down`, a pattern of paths whose requests are refused;
 * - `cut(pattern)`, which breaks the answers off that are under way.
 */
export async function front(routes) {
  const prefixes = Object.keys(routes).sort((a, b) => b.length - a.length);
  const underWay = new Set();
  const self = { requests: [], delay: 0, rate: Infinity, down: undefined };
  let free = 0;
  const server = createServer(async (request, response) => {
    self.requests.push({ method: request.method, path: request.url });
    // A test does not wait for the end of what it delays.
    if (self.delay > 0) await setTimeout(self.delay, undefined, { ref: false });
    if (self.down?.test(request.url)) return request.socket.destroy();
    const prefix = prefixes.find((own) => request.url.startsWith(own));
    if (!prefix) return response.writeHead(404).end();
    const { url, strip } = routes[prefix];
    const path = strip ? `/${request.url.slice(prefix.length)}` : request.url;
    const passed = ask(url + path, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      const line = async function* (chunks) {
        for await (const chunk of chunks) {
          const now = Date.now();
          free = Math.max(free, now) + (chunk.length / self.rate) * 1000;
          if (free > now) await setTimeout(free - now);
          yield chunk;
        }
      };
      pipeline(answer, line, response).catch(() => response.destroy());
    });
    const entry = { path: request.url, end: () => request.socket.destroy() };
    underWay.add(entry);
    response.on('close', () => (underWay.delete(entry), passed.destroy()));
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(self, {
    url: `http://localhost:${server.address().port}`,
    cut: (pattern) => [...underWay].filter(({ path }) => pattern.test(path)).forEach(({ end }) => end()),
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  });
}
