// Whom a browser talks to beside this machine: a proxy that every such request has to ask.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * Starts a proxy that refuses everything and keeps the addresses that it was asked for, `asked`. Browsers reach this
 * machine without a proxy. `url` is its address; the caller calls `close`.
 */
export async function strangers() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}
