// An HTTP service without Backstage, which the first page calls through the proxy and directly.
//   node examples/plain-service/service.mjs [port] [origin whose pages may read the answers]
import { realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

/**
 * Starts the service on a loopback port (0: a free one). It answers every request with a JSON description of that request.
 * Pages of `allowOrigin` may read the answers, except for `/without-cors`, which has no CORS headers.
 */
export async function startService({ port, allowOrigin }) {
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    if (!url.startsWith('/without-cors')) {
      response.setHeader('access-control-allow-origin', allowOrigin);
      response.setHeader('access-control-allow-headers', 'x-request-id');
      response.setHeader('vary', 'origin');
    }
    if (method === 'OPTIONS') return void response.writeHead(204).end();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, headers }));
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// The path that was called may lead over a link.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [port = '9000', allowOrigin = 'http://localhost:7007'] = process.argv.slice(2);
  const { url } = await startService({ port: Number(port), allowOrigin });
  process.stdout.write(`Listening on ${url}\n`);
}
