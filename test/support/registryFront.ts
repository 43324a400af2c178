import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { breakOff, serve } from './serve';

/** Answers a request itself and returns true, or leaves it to the registry behind. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Something that stands before a registry and can do what a real one cannot be made to do. */
export interface RegistryFront {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** `METHOD /path` of all requests, in order. */
  requests: string[];
}

/** What a front changes of the answers that it passes on. */
export interface FrontOptions {
  intercept?: Intercept;
  /** Further headers of an answer. */
  headers?(request: IncomingMessage): Record<string, string>;
  /** Bytes of a body after which the connection breaks; undefined for all. */
  breakAfter?(request: IncomingMessage): number | undefined;
}

/** Starts a server that passes requests on to the server `behind` (`host:port`), until the running test ends. */
export async function startRegistryFront(behind: string, options: FrontOptions = {}): Promise<RegistryFront> {
  const requests: string[] = [];
  const address = await serve((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (options.intercept?.(request, response)) return;
    pass(request, response, behind, options);
  });
  return { host: new URL(address).host, requests };
}

function pass(request: IncomingMessage, response: ServerResponse, behind: string, options: FrontOptions): void {
  const [host, port] = behind.split(':');
  const { method, url: path, headers } = request;
  // The host stays: the registry makes the addresses of uploads of it.
  const onward = send({ host, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...options.headers?.(request) });
    const limit = options.breakAfter?.(request);
    if (limit === undefined) return void answer.pipe(response);
    let sent = 0;
    answer.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, limit - sent);
      sent += part.length;
      response.write(part, () => void (sent >= limit && breakOff(response)));
    });
    answer.on('end', () => {
      // What has ended cannot be destroyed any more.
      if (sent < limit) response.end();
      else if (sent === 0) response.destroy();
    });
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
