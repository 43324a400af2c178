import { request as send } from 'node:http';
import { serve } from './serve';

/** Stands for the Service before the pods of a Deployment. */
export interface RoundRobin {
  url: string;
  /** Sends requests to this port of this machine, too. */
  add(port: number): void;
  remove(port: number): void;
}

/**
 * Starts a server that passes each request to the next of its ports, until the running test ends. It tries nothing twice: a
 * port that refuses is a 502 for the client.
 */
export async function startRoundRobin(): Promise<RoundRobin> {
  const ports: number[] = [];
  let turn = 0;
  const url = await serve((request, response) => {
    const port = ports[turn++ % ports.length];
    const { method, url: path, headers } = request;
    const onward = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on(
      'error',
      (error) => response.headersSent || response.writeHead(502).end(`port ${port}: ${error.message}`),
    );
    request.pipe(onward);
  });
  return {
    url,
    add: (port) => void ports.push(port),
    remove: (port) => void ports.splice(ports.indexOf(port), 1),
  };
}
