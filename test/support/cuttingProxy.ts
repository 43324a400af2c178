import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A proxy that lets a number of bytes through to a server and then cuts the connection. */
export interface CuttingProxy {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** Connections that it has cut. */
  cuts(): number;
}

/**
 * Stands before `behind` (`host:port`) until the running test ends, and cuts the connections of clients, one for each of
 * `after`: when that many bytes have gone to the server since the last cut.
 */
export async function startCuttingProxy(behind: string, after: readonly number[]): Promise<CuttingProxy> {
  const [host, port] = behind.split(':');
  const left = [...after];
  let sent = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const onward = connect(Number(port), host);
    for (const socket of [client, onward]) {
      sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    }
    onward.pipe(client);
    onward.on('close', () => client.destroy());
    client.on('close', () => onward.end());
    client.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      const due = left[0] !== undefined && sent >= left[0];
      onward.write(due ? chunk.subarray(0, chunk.length - (sent - left[0]!)) : chunk);
      if (!due) return;
      left.shift();
      sent = 0;
      client.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, cuts: () => after.length - left.length };
}
