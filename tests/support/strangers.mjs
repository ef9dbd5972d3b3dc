// Whom a browser talks to beside this machine: a proxy that every such request has to ask.
import { once } from 'node:events';
import { createServer } from 'node:http';

// Chromium's own errands, which no switch stops altogether; a page's requests to them would be seen by Playwright.
const OWN_ERRANDS = /^(https?:\/\/)?[\w.-]*\.(google|googleapis|gvt1)\.com[:/]/;

/**
 * Starts a proxy that refuses everything and keeps the addresses that it was asked for, `asked`. Browsers reach this
 * machine without a proxy. `url` is its address; the caller calls `close`.
 */
export async function strangers() {
  const asked = [];
  const note = ({ url }) => OWN_ERRANDS.test(url) || asked.push(url);
  const server = createServer((request, response) => {
    note(request);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    note(request);
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
