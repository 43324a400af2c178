import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Serves on a free loopback port until the running test ends; returns the address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Breaks an answer off after its client has read what was written: what it has not read by then is lost. */
export function breakOff(response: ServerResponse): void {
  // A client elsewhere needs time for that, one in this process turns of its event loop, however late they come.
  let turns = 20;
  const turn = (): void => void (turns-- > 0 ? setImmediate(turn) : response.destroy());
  setTimeout(turn, 200);
}
