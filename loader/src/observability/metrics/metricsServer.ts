import { createServer, type Server } from 'node:http';
import { metricsPortUnavailable } from '../errors';
import { METRICS_TYPE } from './exposition';

/**
 * Serves `GET /metrics` on a separate port without a session: the address that it is bound to restricts the callers. Rejects
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
    server.once('error', (cause) => reject(metricsPortUnavailable({ host, port }, cause)));
    server.listen(port, host, resolve);
  });
  return server.unref();
}
