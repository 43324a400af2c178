import { StagedoorError } from '@stagedoor/bundle';
import { createServer, type Server } from 'node:http';
import { METRICS_TYPE } from './exposition';

/**
 * Serves `GET /metrics` on a port of its own, without a session: the address it is bound to says who may ask. Rejects
 * with METRICS_PORT_UNAVAILABLE.
 */
export async function serveMetrics(
  { host, port }: { host: string; port: number },
  text: () => Promise<string>,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics' || !['GET', 'HEAD'].includes(request.method ?? '')) {
      response.writeHead(404).end();
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': METRICS_TYPE }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Metrics cannot be served on ${host}:${port}: ${cause.message}`;
      reject(new StagedoorError('METRICS_PORT_UNAVAILABLE', message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return server.unref();
}
