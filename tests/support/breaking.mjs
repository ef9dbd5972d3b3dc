// A connection that breaks: a server in front of another one.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * Passes requests on to the server at `target`, and breaks off in the middle of the answers to those whose path
 * matches `pattern`, as long as `breaking` is true.
 */
export async function breakingProxy(target, pattern) {
  const proxy = { breaking: true };
  const server = createServer(async (request, response) => {
    const answer = await fetch(target + request.url);
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = { 'content-type': answer.headers.get('content-type'), 'content-length': body.length };
    response.writeHead(answer.status, { ...headers, 'cache-control': answer.headers.get('cache-control') });
    if (!proxy.breaking || !pattern.test(request.url)) return response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    url: `http://localhost:${server.address().port}`,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  });
}
