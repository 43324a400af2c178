import { createServer, request as send, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A proxy as companies have them. */
export interface ForwardProxy {
  /** Its address, as HTTP_PROXY names it. */
  url: string;
  /** `host:port` of what was asked for, each once, sorted. */
  targets(): string[];
  /** What was sent as Proxy-Authorization, each once. */
  authorizations(): Array<string | undefined>;
}

/**
 * Starts a proxy, for tunnels and for whole addresses, until the running test ends. It alone knows the names that end in
 * `.test`: they are this machine.
 */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const targets = new Set<string>();
  const authorizations = new Set<string | undefined>();
  const reach = (target: URL, { headers }: IncomingMessage): { host: string; port: number } => {
    targets.add(target.host);
    authorizations.add(headers['proxy-authorization']);
    return { host: target.hostname.replace(/^.*\.test$/, '127.0.0.1'), port: Number(target.port) };
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url!);
    const options = { ...reach(url, request), method: request.method, path: url.pathname + url.search };
    const onward = send({ ...options, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, client) => {
    const { host, port } = reach(new URL(`http://${request.url}`), request);
    const onward = connect(port, host, () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      onward.pipe(client);
      client.pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy()).on('close', () => onward.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: () => [...targets].sort(),
    authorizations: () => [...authorizations],
  };
}
