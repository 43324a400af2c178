import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came back over a kept connection. */
export interface Answer {
  status: number;
  body: string;
  /** True when the response ended as its protocol ends one; false for a connection that broke off. */
  complete: boolean;
}

/** A client that keeps its connections. Rejects where a connection fails before there is an answer. */
export interface KeepAliveClient {
  get(path: string): Promise<Answer>;
  /** Sends `chunks` chunks of `size` bytes, one every `ms` milliseconds. */
  upload(path: string, body: { chunks: number; size: number; ms: number }): Promise<Answer>;
  /** Connections opened so far. */
  connections(): number;
  close(): void;
}

/** Connects to a port of this machine. */
export function keepAliveClient(port: number): KeepAliveClient {
  // Each connection in turn, so that none is idle until the server closes it.
  const agent = new Agent({ keepAlive: true, maxSockets: 128, scheduling: 'fifo' });
  let connections = 0;
  const send = (method: string, path: string, write: (to: ReturnType<typeof request>) => void): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, agent }, (response) => {
        if (!sent.reusedSocket) connections++;
        read(response).then(resolve, reject);
      });
      sent.once('error', reject);
      write(sent);
    });
  return {
    get: (path) => send('GET', path, (to) => to.end()),
    upload: (path, { chunks, size, ms }) =>
      send('POST', path, (to) => {
        void (async () => {
          for (let index = 0; index < chunks && !to.destroyed; index++) {
            to.write(Buffer.alloc(size, 'u'));
            await sleep(ms);
          }
          to.end();
        })();
      }),
    connections: () => connections,
    close: () => agent.destroy(),
  };
}

function read(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => (body += text));
    response.on('error', () => {});
    response.on('close', () => resolve({ status: response.statusCode ?? 0, body, complete: response.complete }));
  });
}
